package io.ecluster.service.daemon;

import io.ecluster.adder.AdderCluster;
import io.ecluster.allocator.Candidate;
import io.ecluster.allocator.Placement;
import io.ecluster.allocator.PlacementRequest;
import io.ecluster.allocator.Promises;
import io.ecluster.allocator.ShardPlacement;
import io.ecluster.core.cluster.ClusterPeer;
import io.ecluster.core.cluster.LivePeer;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.Peers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** What adding needs, made of the cluster's parts. */
final class ClusterPort implements AdderCluster {
  private final ClusterPeer cluster;
  private final Consensus consensus;
  private final PeerBlocks blocks;
  private final Peers peers;
  private final Function<Pin, List<Cid>> partsOf;
  private final Predicate<Pin> healthy;
  private final RandomGenerator random;
  private final Promises promises = new Promises(InstantSource.system(), Promises.STANDARD_MEMORY);

  ClusterPort(
      ClusterPeer cluster,
      Consensus consensus,
      PeerBlocks blocks,
      Peers peers,
      Function<Pin, List<Cid>> partsOf,
      Predicate<Pin> healthy,
      RandomGenerator random) {
    this.cluster = cluster;
    this.consensus = consensus;
    this.blocks = blocks;
    this.peers = peers;
    this.partsOf = partsOf;
    this.healthy = healthy;
    this.random = random;
  }

  @Override
  public PeerId self() {
    return peers.self();
  }

  @Override
  public List<PeerId> livePeers() {
    return answering(peers.live());
  }

  /** Asks all at once: a peer that is gone is noticed now, not when its metric runs out. */
  private List<PeerId> answering(Collection<PeerId> members) {
    List<Future<Optional<PeerId>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (PeerId peer : members) {
        answers.add(
            threads.submit(() -> Optional.of(peer).filter(p -> isSelf(p) || peers.answers(p))));
      }
    } // closing waits for all
    return answers.stream().map(Future::resultNow).flatMap(Optional::stream).toList();
  }

  private boolean isSelf(PeerId peer) {
    return peer.equals(peers.self());
  }

  @Override
  public List<PeerId> allocate(PinOptions options) {
    List<PeerId> chosen = cluster.allocateForAdd(cluster.checkedForAdd(options));
    List<PeerId> there = answering(chosen);
    if (there.isEmpty()) {
      throw new NotEnoughPeersException("none of the peers chosen for the pin answers: " + chosen);
    }
    return there;
  }

  @Override
  public Placed place(GroupRequest request) {
    List<LivePeer> members = cluster.livePeers();
    List<PeerId> there = answering(members.stream().map(LivePeer::peer).toList());
    List<Candidate> candidates =
        members.stream()
            .filter(member -> there.contains(member.peer()))
            .map(member -> candidate(member))
            .toList();
    PlacementRequest wanted =
        new PlacementRequest(
            request.columns(),
            request.siblings(),
            request.parityShards(),
            candidates,
            request.excluded(),
            request.allowShared(),
            request.bytesPerColumn(),
            random.nextLong());
    return switch (ShardPlacement.place(wanted)) {
      case Placement.Placed placed -> placed(placed, request.bytesPerColumn());
      case Placement.Refused refused -> throw new NotEnoughPeersException(refused.message());
    };
  }

  private Candidate candidate(LivePeer member) {
    return new Candidate(
        member.peer(), member.freeBytes(), promises.of(member.peer()), member.domains());
  }

  private Placed placed(Placement.Placed placed, long bytesPerColumn) {
    placed.holders().values().forEach(peer -> promises.add(peer, bytesPerColumn));
    return new Placed(placed.holders(), placed.receipt().peerMargin(), placed.receipt().relaxed());
  }

  @Override
  public Upload upload(PeerId peer) {
    return new PeerUpload(blocks.upload(peer));
  }

  private record PeerUpload(PeerBlocks.Upload upload) implements Upload {
    @Override
    public void send(List<Block> batch) {
      upload.send(batch);
    }

    @Override
    public void finish() {
      upload.finish();
    }

    @Override
    public void close() {
      upload.close();
    }
  }

  @Override
  public Map<Cid, byte[]> read(PeerId peer, Collection<Cid> cids) {
    try {
      return blocks.read(peer, cids);
    } catch (RpcException e) {
      return Map.of();
    }
  }

  @Override
  public void commit(List<PinChange> changes) {
    consensus.commit(changes);
  }

  @Override
  public Pin pin(Pin pin) {
    return cluster.pin(pin);
  }

  @Override
  public Optional<Pin> pinned(Cid cid) {
    return consensus.state().get(cid);
  }

  @Override
  public boolean awaitPinned(PeerId peer, List<Cid> cids, Duration timeout) {
    return blocks.awaitPinned(peer, cids, timeout);
  }

  @Override
  public boolean awaitKnown(PeerId peer, Cid cid, Duration timeout) {
    return blocks.awaitKnown(peer, cid, timeout);
  }

  @Override
  public List<Cid> partsOf(Pin meta) {
    return partsOf.apply(meta);
  }

  @Override
  public boolean isHealthy(Pin meta) {
    return healthy.test(meta);
  }
}
