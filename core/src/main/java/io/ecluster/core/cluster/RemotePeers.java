package io.ecluster.core.cluster;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What an add or a repair asks of single peers, itself included. Methods of our own are used where
 * the peer has them; of a Go peer the status is asked for again and again instead.
 *
 * <p>All methods throw {@link RpcException} when the peer cannot be reached.
 */
public final class RemotePeers {
  /** A disk that has not stored a batch by then will not. */
  private static final Duration UPLOAD_PATIENCE = Duration.ofMinutes(2);

  private static final Duration CALL_PATIENCE = Duration.ofSeconds(15);

  /** How long beyond its own limit a peer may take to say that the time is over. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

  /**
   * CIDs sent ahead of the replies: enough to hide a round trip, and at 40 bytes each far less than
   * a stream's window, so that both sides never wait for each other.
   */
  private static final int AHEAD = 512;

  /** A holder that says one of these will not hold the pin without help. */
  private static final Set<TrackerStatus> FAILED =
      EnumSet.of(TrackerStatus.PIN_ERROR, TrackerStatus.CLUSTER_ERROR);

  private final Rpc rpc;
  private final Sleeper sleeper;

  public RemotePeers(Rpc rpc, Sleeper sleeper) {
    this.rpc = rpc;
    this.sleeper = sleeper;
  }

  /** Opens a stream of blocks to a peer. */
  public BlockUpload upload(PeerId peer) {
    return new BlockUpload(rpc.open(peer, RpcMethods.IPFS_BLOCK_STREAM, UPLOAD_PATIENCE));
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
    try (Rpc.Call<Cid, R> call = rpc.open(peer, method, UPLOAD_PATIENCE)) {
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

  /** A peer's word that it stores and pins all of these; false if it fails to within the time. */
  public boolean awaitPinned(PeerId peer, List<Cid> cids, Duration timeout)
      throws InterruptedException {
    return await(peer, cids, timeout, status -> status == TrackerStatus.PINNED);
  }

  /** Whether a pin, of whatever kind, has reached a peer's pinset within the time. */
  public boolean awaitKnown(PeerId peer, Cid cid, Duration timeout) throws InterruptedException {
    return await(peer, List.of(cid), timeout, status -> status != TrackerStatus.UNPINNED);
  }

  private boolean await(
      PeerId peer, List<Cid> cids, Duration timeout, Predicate<TrackerStatus> wanted)
      throws InterruptedException {
    Optional<List<PinInfo>> infos = askToWait(peer, new AwaitRequest(cids, timeout));
    return infos.isPresent()
        ? infos.get().size() == cids.size()
            && infos.get().stream().map(PinInfo::status).allMatch(wanted)
        : poll(peer, cids, timeout, wanted);
  }

  /** Empty if the peer is not one of ours. */
  private Optional<List<PinInfo>> askToWait(PeerId peer, AwaitRequest request) {
    Duration patience = request.timeout().plus(SLACK);
    return orElse(() -> rpc.call(peer, ErasureMethods.AWAIT_PINNED, request, patience));
  }

  private boolean poll(
      PeerId peer, List<Cid> cids, Duration timeout, Predicate<TrackerStatus> wanted)
      throws InterruptedException {
    List<Cid> left = new ArrayList<>(cids);
    for (Duration spent = Duration.ZERO;
        spent.compareTo(timeout) <= 0;
        spent = spent.plus(POLL_INTERVAL)) {
      for (Iterator<Cid> it = left.iterator(); it.hasNext(); ) {
        TrackerStatus status =
            rpc.call(peer, RpcMethods.TRACKER_STATUS, it.next(), CALL_PATIENCE).status();
        if (wanted.test(status)) {
          it.remove();
        } else if (FAILED.contains(status)) {
          return false;
        }
      }
      if (left.isEmpty()) {
        return true;
      }
      sleeper.sleep(POLL_INTERVAL);
    }
    return false;
  }

  /** The coding ids a peer is in the middle of adding; none if it is a Go peer. */
  public Set<String> addsInProgress(PeerId peer) {
    return orElse(
            () -> rpc.call(peer, ErasureMethods.ADDS_IN_PROGRESS, Nothing.NOTHING, CALL_PATIENCE))
        .map(Set::copyOf)
        .orElse(Set.of());
  }

  private static <T> Optional<T> orElse(java.util.function.Supplier<T> call) {
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
