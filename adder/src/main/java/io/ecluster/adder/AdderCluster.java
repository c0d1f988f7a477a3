package io.ecluster.adder;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.ClusterPeer;
import io.ecluster.core.cluster.CodedPins;
import io.ecluster.core.cluster.LivePeer;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.cluster.ShardAllocator;
import io.ecluster.core.cluster.UploadLane;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What adding does with the cluster. Whether a peer is there is asked of it now: one that is gone
 * is noticed at once, not when its metric runs out.
 */
public final class AdderCluster {
  private final ClusterPeer cluster;
  private final Consensus consensus;
  private final PeerBlocks blocks;
  private final Peers peers;
  private final ShardAllocator shards;
  private final CodedPins codedPins;
  private final Predicate<Pin> healthy;

  /**
   * @param healthy whether all groups of a coded pin are at full margin
   */
  public AdderCluster(
      ClusterPeer cluster,
      Consensus consensus,
      PeerBlocks blocks,
      Peers peers,
      ShardAllocator shards,
      CodedPins codedPins,
      Predicate<Pin> healthy) {
    this.cluster = cluster;
    this.consensus = consensus;
    this.blocks = blocks;
    this.peers = peers;
    this.shards = shards;
    this.codedPins = codedPins;
    this.healthy = healthy;
  }

  PeerId self() {
    return peers.self();
  }

  /** Peers that are there now, oneself included. */
  List<PeerId> livePeers() {
    return answering(peers.live());
  }

  private List<PeerId> answering(Collection<PeerId> members) {
    List<PeerId> asked = List.copyOf(members);
    List<Boolean> there = AtOnce.map(asked, peer -> peer.equals(self()) || peers.answers(peer));
    return asked.stream().filter(peer -> there.get(asked.indexOf(peer))).toList();
  }

  /**
   * Options with the cluster's defaults filled in.
   *
   * @throws IllegalArgumentException if nothing may be pinned with them
   */
  PinOptions checked(PinOptions options) {
    return cluster.checkedForAdd(options);
  }

  /**
   * The peers that shall hold a replicated pin; never empty.
   *
   * @param options as {@link #checked} gave them
   * @throws NotEnoughPeersException if there are too few
   */
  List<PeerId> allocate(PinOptions options) {
    List<PeerId> members = cluster.members();
    Set<PeerId> absent = new HashSet<>(members);
    answering(members).forEach(absent::remove);
    return cluster.allocateForAdd(options, absent);
  }

  /**
   * Holders for shards of a group.
   *
   * @param siblings columns placed already
   * @param excluded peers that failed
   * @throws NotEnoughPeersException if there are too few
   */
  ShardAllocator.Allotment place(
      List<Integer> columns,
      Map<Integer, PeerId> siblings,
      Set<PeerId> excluded,
      int parityShards,
      AddRequest.Coding coding) {
    List<LivePeer> members = cluster.livePeers();
    List<PeerId> there = answering(members.stream().map(LivePeer::peer).toList());
    return shards.allocate(
        new ShardAllocator.Request(
            columns,
            siblings,
            parityShards,
            members.stream().filter(member -> there.contains(member.peer())).toList(),
            excluded,
            coding.allowSharedPeers(),
            coding.shardSize()));
  }

  /** Begins to send blocks to a peer. */
  UploadLane upload(PeerId peer) {
    return UploadLane.start(blocks, peer);
  }

  /**
   * Blocks that a peer has, checked; those it lacks, or all if it cannot be reached, are missing.
   */
  Map<Cid, byte[]> read(PeerId peer, Collection<Cid> cids) {
    try {
      return blocks.read(peer, cids);
    } catch (RpcException e) {
      return Map.of();
    }
  }

  void commit(List<PinChange> changes) {
    consensus.commit(changes);
  }

  /** Pins as a user would, with all checks. */
  Pin pin(Pin pin) {
    return cluster.pin(pin);
  }

  Optional<Pin> pinned(Cid cid) {
    return consensus.state().get(cid);
  }

  /** The manifest pins of all codings of a root. Reads the whole pinset. */
  List<Pin> manifestsOf(Cid root) {
    try (Stream<Pin> pins = consensus.state().list()) {
      return pins.filter(pin -> pin.type() == PinType.CLUSTER_DAG)
          .filter(pin -> pin.reference().filter(root::equals).isPresent())
          .toList();
    }
  }

  /**
   * A peer's word that it has stored and pinned these; false if it fails or does not say so in
   * time.
   */
  boolean awaitPinned(PeerId peer, List<Cid> cids, Duration timeout) {
    return blocks.awaitPinned(peer, cids, timeout);
  }

  /** Whether a peer knows of a pin, within a time. */
  boolean awaitKnown(PeerId peer, Cid cid, Duration timeout) {
    return blocks.awaitKnown(peer, cid, timeout);
  }

  /** Whether one of these peers is adding a root now, or was a short while ago. */
  boolean anyIsAdding(List<PeerId> others, Cid root) {
    return AtOnce.map(others, peer -> isAdding(peer, root)).contains(true);
  }

  private boolean isAdding(PeerId peer, Cid root) {
    try {
      return blocks
          .addsInProgress(peer)
          .filter(roots -> roots.contains(root.toString()))
          .isPresent();
    } catch (RpcException e) {
      return false; // what it leaves is swept
    }
  }

  /** The manifest and shard pins of a coded pin; nothing if its manifest cannot be read. */
  List<Cid> partsOf(Pin meta) {
    return codedPins.partsOf(meta);
  }

  /** Whether all groups of a coded pin are at full margin. */
  boolean isHealthy(Pin meta) {
    return healthy.test(meta);
  }
}
