package io.ecluster.core.cluster;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Blocks and pins at other peers, oneself included: sending, reading, and asking for their word. A
 * peer that is not one of ours is asked in the way that Go peers understand.
 */
public final class PeerBlocks {
  /** How long a peer may take to accept a stream. */
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(5);

  /** How often a Go peer is asked for the status of a pin. */
  private static final Duration POLL = Duration.ofMillis(250);

  private static final Set<TrackerStatus> HELD =
      EnumSet.of(TrackerStatus.PINNED, TrackerStatus.SHARDED);

  private static final Set<TrackerStatus> UNKNOWN =
      EnumSet.of(TrackerStatus.UNPINNED, TrackerStatus.UNDEFINED);

  private final Rpc rpc;
  private final Sleeper sleeper;

  public PeerBlocks(Rpc rpc, Sleeper sleeper) {
    this.rpc = rpc;
    this.sleeper = sleeper;
  }

  /**
   * Opens a stream of blocks to a peer.
   *
   * @throws RpcException if it cannot be reached
   */
  public Upload upload(PeerId peer) {
    return new Upload(rpc.open(peer, RpcMethods.IPFS_BLOCK_STREAM, OPEN_TIMEOUT));
  }

  /** A stream of blocks to one peer. */
  public static final class Upload implements AutoCloseable {
    private final Rpc.Call<NodeWithMeta, Nothing> call;

    private Upload(Rpc.Call<NodeWithMeta, Nothing> call) {
      this.call = call;
    }

    /** Sends; blocks while the peer is slow. */
    public void send(List<Block> blocks) {
      blocks.forEach(block -> call.send(new NodeWithMeta(block.cid(), block.data(), 0)));
    }

    /** Ends the stream and returns when the peer says that all is stored. */
    public void finish() {
      call.closeSend();
      while (call.next() != null) {
        // a peer sends no replies; the end is what counts
      }
    }

    @Override
    public void close() {
      call.close();
    }
  }

  /**
   * Blocks of a peer's own store, checked. What it lacks is missing.
   *
   * @throws RpcException if the peer cannot be reached, or is not one of ours
   */
  public Map<Cid, byte[]> read(PeerId peer, Collection<Cid> cids) {
    Map<Cid, byte[]> found = new HashMap<>();
    try (Rpc.Call<Cid, NodeWithMeta> call = rpc.open(peer, ErasureMethods.BLOCKS, OPEN_TIMEOUT)) {
      cids.forEach(call::send);
      call.closeSend();
      for (NodeWithMeta node = call.next(); node != null; node = call.next()) {
        if (node.cid().hash().matches(node.data())) {
          found.put(node.cid(), node.data());
        }
      }
    }
    return found;
  }

  /** A peer's word that it holds these pins; false if it fails or does not say so in time. */
  public boolean awaitPinned(PeerId peer, List<Cid> cids, Duration timeout) {
    try {
      return statuses(peer, cids, timeout).stream().allMatch(HELD::contains);
    } catch (RpcException e) {
      return false;
    }
  }

  /** Whether the news of a pin has reached a peer, within a time. */
  public boolean awaitKnown(PeerId peer, Cid cid, Duration timeout) {
    try {
      return statuses(peer, List.of(cid), timeout).stream().noneMatch(UNKNOWN::contains);
    } catch (RpcException e) {
      return false;
    }
  }

  private List<TrackerStatus> statuses(PeerId peer, List<Cid> cids, Duration timeout) {
    try {
      AwaitRequest request = new AwaitRequest(cids, timeout);
      Duration patience = timeout.plus(OPEN_TIMEOUT);
      return rpc.call(peer, ErasureMethods.AWAIT_PINNED, request, patience).stream()
          .map(PinInfo::status)
          .toList();
    } catch (RpcException e) {
      if (e.kind() != RpcException.Kind.SERVER) {
        throw e;
      }
      return cids.stream().map(cid -> poll(peer, cid, timeout)).toList();
    }
  }

  private TrackerStatus poll(PeerId peer, Cid cid, Duration timeout) {
    long rounds = Math.max(1, timeout.dividedBy(POLL));
    TrackerStatus status = TrackerStatus.UNDEFINED;
    for (long i = 0; i < rounds && !HELD.contains(status); i++) {
      status = rpc.call(peer, RpcMethods.TRACKER_STATUS, cid, OPEN_TIMEOUT).status();
      if (!HELD.contains(status) && !pause()) {
        return status;
      }
    }
    return status;
  }

  private boolean pause() {
    try {
      sleeper.sleep(POLL);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
