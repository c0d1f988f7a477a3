package io.ecluster.core.cluster;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks and pins at other peers, oneself included: sending, reading, and asking for their word. A
 * peer that is not one of ours is asked in the way that Go peers understand.
 *
 * <p>Unless it says otherwise, a method throws {@link RpcException} when the peer cannot be
 * reached.
 */
public final class PeerBlocks {
  private static final Logger log = LoggerFactory.getLogger(PeerBlocks.class);

  /** A disk that has not stored a batch by then will not. */
  private static final Duration UPLOAD_PATIENCE = Duration.ofMinutes(2);

  /** A block that takes longer to be read is quicker rebuilt. */
  private static final Duration READ_PATIENCE = Duration.ofSeconds(5);

  private static final Duration CALL_PATIENCE = Duration.ofSeconds(15);

  /** An add does not wait longer for a courtesy; the peer has a time limit of its own. */
  private static final Duration LET_GO_PATIENCE = Duration.ofSeconds(5);

  /** How long beyond its own limit a peer may take to say that the time is over. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  /** How often a Go peer is asked for the status of a pin. */
  private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

  /**
   * CIDs sent ahead of the replies: enough to hide a round trip, and fewer than the replies that a
   * call keeps, so that both sides never wait for each other.
   */
  private static final int AHEAD = 128;

  /**
   * Streams in which a peer is asked whether it has blocks: it looks at one after the other in
   * each, and a Kubo daemon behind it takes a call for every block.
   */
  private static final int LOOKED_AT_AT_ONCE = 8;

  /** CIDs for which another stream is not worth opening. */
  private static final int LEAST_OF_A_STREAM = 16;

  private static final Set<TrackerStatus> HELD =
      EnumSet.of(TrackerStatus.PINNED, TrackerStatus.SHARDED);

  private static final Set<TrackerStatus> UNKNOWN =
      EnumSet.of(TrackerStatus.UNPINNED, TrackerStatus.UNDEFINED);

  /** A holder that says one of these will not hold the pin without help. */
  private static final Set<TrackerStatus> FAILED =
      EnumSet.of(TrackerStatus.PIN_ERROR, TrackerStatus.CLUSTER_ERROR);

  private final Rpc rpc;
  private final Sleeper sleeper;

  public PeerBlocks(Rpc rpc, Sleeper sleeper) {
    this.rpc = rpc;
    this.sleeper = sleeper;
  }

  /** Begins to send blocks to a peer. */
  public Upload upload(PeerId peer) {
    return new Upload(() -> rpc.open(peer, RpcMethods.IPFS_BLOCK_STREAM, UPLOAD_PATIENCE));
  }

  /**
   * Blocks of a peer's own store, checked. What it lacks is missing. Meant for few at a time: all
   * are held in memory.
   */
  public Map<Cid, byte[]> read(PeerId peer, Collection<Cid> cids) {
    Map<Cid, byte[]> found = new HashMap<>();
    read(peer, cids, block -> found.put(block.cid(), block.data()));
    return found;
  }

  /**
   * Blocks of a peer's own store, checked, in the order asked for, as they come.
   *
   * @return those it does not have, or not as their CIDs say
   */
  public Set<Cid> read(PeerId peer, Collection<Cid> cids, Consumer<Block> each) {
    Set<Cid> missing = new HashSet<>();
    pipelined(
        peer,
        ErasureMethods.BLOCKS,
        cids,
        (cid, node) -> {
          if (cid.equals(node.cid()) && cid.hash().matches(node.data())) {
            each.accept(new Block(cid, node.data()));
          } else {
            missing.add(cid);
          }
        });
    return missing;
  }

  /** Those of these blocks that a peer's own store has no record of. */
  public Set<Cid> missing(PeerId peer, Collection<Cid> cids) {
    return those(peer, ErasureMethods.HAS_BLOCKS, cids);
  }

  /** Those of these blocks that a peer's own store lacks or holds damaged: it reads them all. */
  public Set<Cid> damaged(PeerId peer, Collection<Cid> cids) {
    return those(peer, ErasureMethods.CHECK_BLOCKS, cids);
  }

  private Set<Cid> those(PeerId peer, RpcMethod<Cid, Boolean> method, Collection<Cid> cids) {
    Set<Cid> bad = new HashSet<>();
    AtOnce.map(shares(List.copyOf(cids)), share -> thoseOf(peer, method, share))
        .forEach(bad::addAll);
    return bad;
  }

  private static List<List<Cid>> shares(List<Cid> cids) {
    int size = Math.max(LEAST_OF_A_STREAM, Math.ceilDiv(cids.size(), LOOKED_AT_AT_ONCE));
    List<List<Cid>> shares = new ArrayList<>();
    for (int from = 0; from < cids.size(); from += size) {
      shares.add(cids.subList(from, Math.min(cids.size(), from + size)));
    }
    return shares;
  }

  private Set<Cid> thoseOf(PeerId peer, RpcMethod<Cid, Boolean> method, List<Cid> cids) {
    Set<Cid> bad = new HashSet<>();
    pipelined(
        peer,
        method,
        cids,
        (cid, good) -> {
          if (!good) {
            bad.add(cid);
          }
        });
    return bad;
  }

  private <R> void pipelined(
      PeerId peer, RpcMethod<Cid, R> method, Collection<Cid> cids, Answers<R> answers) {
    try (Rpc.Call<Cid, R> call = rpc.open(peer, method, READ_PATIENCE)) {
      Iterator<Cid> unsent = cids.iterator();
      int ahead = 0;
      for (Cid cid : cids) {
        for (; ahead < AHEAD && unsent.hasNext(); ahead++) {
          call.send(unsent.next());
        }
        if (!unsent.hasNext()) {
          call.closeSend();
        }
        answers.of(cid, replyOf(call, peer));
        ahead--;
      }
    }
  }

  private static <R> R replyOf(Rpc.Call<Cid, R> call, PeerId peer) {
    R reply = call.next();
    if (reply == null) {
      throw new RpcException(
          RpcException.Kind.CLIENT,
          "peer " + peer + " answered fewer blocks than it was asked for");
    }
    return reply;
  }

  @FunctionalInterface
  private interface Answers<R> {
    void of(Cid cid, R reply);
  }

  /**
   * A peer's word that it holds these pins; false if it fails, cannot be reached or does not say so
   * in time.
   */
  public boolean awaitPinned(PeerId peer, List<Cid> cids, Duration timeout) {
    return await(peer, cids, timeout, HELD::contains);
  }

  /** Whether the news of a pin has reached a peer, within a time; false if it is out of reach. */
  public boolean awaitKnown(PeerId peer, Cid cid, Duration timeout) {
    return await(peer, List.of(cid), timeout, status -> !UNKNOWN.contains(status));
  }

  private boolean await(
      PeerId peer, List<Cid> cids, Duration timeout, Predicate<TrackerStatus> wanted) {
    try {
      Optional<List<PinInfo>> infos = askToWait(peer, new AwaitRequest(cids, timeout));
      return infos.isPresent()
          ? infos.get().size() == cids.size()
              && infos.get().stream().map(PinInfo::status).allMatch(wanted)
          : poll(peer, cids, timeout, wanted);
    } catch (RpcException e) {
      log.info("{} did not say that it holds {} pins: {}", peer, cids.size(), e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Empty if the peer is not one of ours. */
  private Optional<List<PinInfo>> askToWait(PeerId peer, AwaitRequest request) {
    Duration patience = request.timeout().plus(SLACK);
    return ofOurs(() -> rpc.call(peer, ErasureMethods.AWAIT_PINNED, request, patience));
  }

  private boolean poll(
      PeerId peer, List<Cid> cids, Duration timeout, Predicate<TrackerStatus> wanted)
      throws InterruptedException {
    Deque<Cid> left = new ArrayDeque<>(cids);
    long rounds = Math.max(1, timeout.dividedBy(POLL_INTERVAL));
    while (!left.isEmpty() && rounds > 0) {
      TrackerStatus status =
          rpc.call(peer, RpcMethods.TRACKER_STATUS, left.getFirst(), CALL_PATIENCE).status();
      if (wanted.test(status)) {
        left.removeFirst();
      } else if (FAILED.contains(status)) {
        return false;
      } else {
        sleeper.sleep(POLL_INTERVAL);
        rounds--;
      }
    }
    return left.isEmpty();
  }

  /**
   * Tells a peer that blocks which were uploaded to it need no longer be kept from garbage
   * collection. A peer that cannot be told finds out by its own time limit.
   *
   * @param last the last block of the upload
   */
  public void letGo(PeerId peer, Cid last) {
    try {
      var _ = ofOurs(() -> rpc.call(peer, ErasureMethods.LET_GO, last, LET_GO_PATIENCE));
    } catch (RpcException e) {
      log.debug("{} was not told to let go of blocks: {}", peer, e.getMessage());
    }
  }

  /** What a peer is in the middle of adding, as {@link AddsInProgress}; empty if a Go peer. */
  public Optional<Set<String>> addsInProgress(PeerId peer) {
    return ofOurs(
            () -> rpc.call(peer, ErasureMethods.ADDS_IN_PROGRESS, Nothing.NOTHING, CALL_PATIENCE))
        .map(Set::copyOf);
  }

  private static <T> Optional<T> ofOurs(Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (RpcException e) {
      if (e.kind() == RpcException.Kind.SERVER) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
