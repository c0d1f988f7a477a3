package io.ecluster.recovery;

import io.ecluster.allocator.Promises;
import io.ecluster.core.cluster.LivePeer;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.state.PinState;
import io.ecluster.ipfs.IpfsNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/**
 * What repair and sweep need.
 *
 * @param members peers that shards may go to, with what placing needs to know
 * @param promises what was placed of late, by adds too
 * @param pinTimeout how long a holder may take to pin a shard that was sent to it
 */
public record RecoveryParts(
    Consensus consensus,
    IpfsNode ipfs,
    Rpc rpc,
    PeerBlocks blocks,
    Peers peers,
    Supplier<List<LivePeer>> members,
    Promises promises,
    Duration pinTimeout,
    InstantSource clock,
    RecoveryWatch watch) {

  /** Parts of which nobody counts what they do. */
  public RecoveryParts(
      Consensus consensus,
      IpfsNode ipfs,
      Rpc rpc,
      PeerBlocks blocks,
      Peers peers,
      Supplier<List<LivePeer>> members,
      Promises promises,
      Duration pinTimeout,
      InstantSource clock) {
    this(
        consensus,
        ipfs,
        rpc,
        blocks,
        peers,
        members,
        promises,
        pinTimeout,
        clock,
        RecoveryWatch.NONE);
  }

  PinState state() {
    return consensus.state();
  }
}
