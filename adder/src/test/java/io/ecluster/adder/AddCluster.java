package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.allocator.Promises;
import io.ecluster.allocator.PromisingAllocator;
import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.PeerSettings;
import io.ecluster.core.cluster.TestCluster;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestWriter;
import io.ecluster.erasure.ShardNode;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedCluster;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster in one JVM to which files are added: real adders, placement, calls and trackers, over
 * hosts and stores in memory. The calls of an adder can be hooked.
 */
final class AddCluster implements AutoCloseable {
  static final int DATA = 4;
  static final int PARITY = 2;
  static final int CELL = 64 * 1024;
  static final long SHARD = 256 * 1024;
  static final AddRequest.Coding CODE = new AddRequest.Coding(DATA, PARITY, SHARD, false);

  static final ImportOptions DAG =
      ImportOptions.DEFAULT.withRawLeaves(true).withChunking(Chunking.parse("size-16384"));

  /** Long: what is awaited happens, and what does not fails at once. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How long peers keep blocks of a sender that does not say that it is through. */
  private static final Duration GUARD_LIMIT = Duration.ofMinutes(2);

  final CodedCluster coded;
  final TestCluster cluster;
  private final Map<PeerId, ClusterAdder> adders = new HashMap<>();
  private int seed = 1;

  AddCluster(int peers) {
    this(peers, UnaryOperator.identity());
  }

  AddCluster(int peers, UnaryOperator<PeerSettings> settings) {
    coded = new CodedCluster(peers, settings);
    cluster = coded.cluster;
    cluster.peers.forEach(this::equip);
  }

  private void equip(TestPeer peer) {
    peer.codedPins.readBy(coded.reader(peer, (_, _) -> {})::partsOf);
    adders.put(peer.id(), adder(peer, peer.rpc));
  }

  TestPeer peer(int index) {
    return cluster.peer(index);
  }

  TestPeer of(PeerId id) {
    return coded.of(id);
  }

  List<TestPeer> living() {
    return coded.living();
  }

  /** What a test adds, and how. */
  static AddRequest request(PinOptions pin, Optional<AddRequest.Coding> coding) {
    return new AddRequest(DAG, pin, false, false, true, false, coding);
  }

  static AddRequest coded(AddRequest.Coding coding) {
    return request(PinOptions.NONE.withName("film"), Optional.of(coding));
  }

  /** The adder of a peer. */
  ClusterAdder adder(TestPeer peer) {
    return Objects.requireNonNull(adders.get(peer.id()));
  }

  /** Another adder of a peer, with a hook before each of its calls. */
  ClusterAdder adder(TestPeer self, BiConsumer<PeerId, RpcMethod<?, ?>> hook) {
    return adder(self, new HookedRpc(self.rpc, hook));
  }

  /** Another adder of a peer, with both. */
  ClusterAdder adder(TestPeer self, Consensus consensus, BiConsumer<PeerId, RpcMethod<?, ?>> hook) {
    return adder(self, consensus, new HookedRpc(self.rpc, hook), PATIENCE);
  }

  private ClusterAdder adder(TestPeer self, Rpc rpc) {
    return adder(self, self.consensus, rpc, PATIENCE);
  }

  /** Another adder of the first peer, which asks who knows a root's pin and waits for nobody. */
  ClusterAdder impatientAdder(Consensus consensus) {
    TestPeer self = peer(0);
    return adder(self, consensus, self.rpc, Duration.ZERO);
  }

  /** Another adder of a peer, with its own view of the pinset. */
  ClusterAdder adder(TestPeer self, Consensus consensus) {
    return adder(self, consensus, self.rpc, PATIENCE);
  }

  private ClusterAdder adder(TestPeer self, Consensus consensus, Rpc rpc, Duration patience) {
    Random random = new Random(seed++);
    AdderCluster port =
        new AdderCluster(
            self.cluster,
            consensus,
            new PeerBlocks(rpc, cluster.time),
            coded.peers(self),
            new PromisingAllocator(new Promises(cluster.time, Promises.STANDARD_MEMORY), random),
            self.codedPins,
            meta -> coded.recovery(self).isHealthy(meta));
    AddLimits limits = new AddLimits(CELL, PATIENCE, patience, PATIENCE);
    ClusterAdder adder = new ClusterAdder(port, limits, cluster.time, random);
    self.adder = adder.underWay();
    return adder;
  }

  /** Adds one file, coded 4+2, from the first peer. */
  Added add(byte[] bytes) {
    return add(adder(peer(0)), coded(CODE), bytes);
  }

  static Added add(Adder adder, AddRequest request, byte[] bytes) {
    return add(adder, request, List.of(file("film.mp4", bytes)));
  }

  static Added add(Adder adder, AddRequest request, List<AddEntry> entries) {
    List<AddEvent> events = new ArrayList<>();
    Cid root = adder.add(request, entries.iterator(), events::add);
    return new Added(root, events);
  }

  static AddEntry file(String path, byte[] bytes) {
    return new AddEntry.File(path, new ByteArrayInputStream(bytes));
  }

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** What an add gave and told. */
  record Added(Cid root, List<AddEvent> events) {
    AddEvent last() {
      return events.getLast();
    }

    AddEvent.Receipt receipt() {
      return last().receipt().orElseThrow();
    }
  }

  // What is there.

  Optional<Pin> pin(Cid cid) {
    return living().getFirst().consensus.state().get(cid);
  }

  List<Pin> pins(PinType type) {
    try (Stream<Pin> pins = living().getFirst().consensus.state().list()) {
      return pins.filter(pin -> pin.type() == type).toList();
    }
  }

  Manifest manifest(Cid root) {
    return coded.reader(living().getFirst(), (_, _) -> {}).manifest(pin(root).orElseThrow());
  }

  GroupNode group(Manifest manifest, int index) {
    Cid cid = manifest.groups().get(index).node();
    return living().stream()
        .flatMap(peer -> peer.store.getLocal(cid).stream())
        .findFirst()
        .map(GroupNode::fromBytes)
        .orElseThrow();
  }

  PeerId holder(Manifest manifest, int group, int column) {
    Cid shard = manifest.groups().get(group).shards().get(column).orElseThrow();
    return pin(shard).orElseThrow().allocations().getFirst();
  }

  byte[] read(Cid root) {
    return coded.read(living().getFirst(), root);
  }

  /** Collects garbage on all peers once each holds just what the pinset says it holds. */
  void collectGarbage() {
    for (TestPeer peer : living()) {
      Eventually.until(
          () -> "peer " + peer.number + " holds " + peer.store.pinned().keySet(),
          () -> peer.store.pinned().keySet().equals(wanted(peer)));
      peer.store.gc(_ -> {});
    }
  }

  private static Set<Cid> wanted(TestPeer peer) {
    try (Stream<Pin> pins = peer.consensus.state().list()) {
      return pins.filter(pin -> pin.type() != PinType.META && pin.allocatedTo(peer.id()))
          .map(Pin::cid)
          .collect(Collectors.toSet());
    }
  }

  /** After a collection each peer has the blocks of all codings that are its own, and no other. */
  void assertJustTheCodingsAreThere() {
    collectGarbage();
    Map<PeerId, Set<Multihash>> expected = new HashMap<>();
    living().forEach(peer -> expected.put(peer.id(), new HashSet<>()));
    Set<Cid> pinned = new HashSet<>();
    for (Pin meta : pins(PinType.META)) {
      pinned.add(meta.reference().orElseThrow());
      expect(manifest(meta.cid()), expected, pinned);
    }
    assertThat(Stream.concat(pins(PinType.CLUSTER_DAG).stream(), pins(PinType.SHARD).stream()))
        .extracting(Pin::cid)
        .containsExactlyInAnyOrderElementsOf(pinned);
    for (TestPeer peer : living()) {
      assertThat(peer.store.stored())
          .as("blocks of peer %d", peer.number)
          .isEqualTo(expected.get(peer.id()));
    }
  }

  private void expect(Manifest manifest, Map<PeerId, Set<Multihash>> expected, Set<Cid> pinned) {
    ManifestWriter.write(manifest)
        .forEach(block -> expected.values().forEach(own -> own.add(block.cid().hash())));
    for (int index = 0; index < manifest.groups().size(); index++) {
      for (ShardNode shard : ShardNode.allOf(group(manifest, index))) {
        Set<Multihash> held =
            Objects.requireNonNull(expected.get(holder(manifest, index, shard.column())));
        pinned.add(shard.toBlock().cid());
        held.add(shard.toBlock().cid().hash());
        shard.links().forEach(link -> held.add(link.hash()));
        shard.groupNode().ifPresent(node -> held.add(node.hash()));
      }
    }
  }

  /** No pin is left anywhere, no guard, and after a collection no block. */
  void assertNothingIsLeft() {
    for (TestPeer peer : living()) {
      try (Stream<Pin> pins = peer.consensus.state().list()) {
        assertThat(pins.toList()).as("pinset of peer %d", peer.number).isEmpty();
      }
    }
    assertNoGuardIsLeft();
    collectGarbage();
    for (TestPeer peer : living()) {
      assertThat(peer.store.stored()).as("blocks of peer %d", peer.number).isEmpty();
    }
  }

  /** Lets time pass until peers let go by themselves of what they keep for a sender. */
  void passTheLimitOfGuards() {
    for (TestPeer peer : living()) {
      Eventually.until(
          "guards of peer " + peer.number,
          () -> {
            cluster.time.advance(GUARD_LIMIT);
            return peer.store.openGuards() == 0;
          });
    }
  }

  /** A stream that was broken off is noticed soon; all others have ended by now. */
  void assertNoGuardIsLeft() {
    for (TestPeer peer : living()) {
      Eventually.until("guards of peer " + peer.number, () -> peer.store.openGuards() == 0);
    }
  }

  /** Each shard is pinned on its holder with all of its blocks, no two of a group on one peer. */
  void assertWhole(Cid root) {
    Manifest manifest = manifest(root);
    for (int index = 0; index < manifest.groups().size(); index++) {
      GroupNode group = group(manifest, index);
      List<PeerId> holders = new ArrayList<>();
      for (ShardNode shard : ShardNode.allOf(group)) {
        PeerId holder = holder(manifest, index, shard.column());
        holders.add(holder);
        assertHeld(of(holder), shard);
      }
      assertThat(holders).as("holders of group %d", index).doesNotHaveDuplicates();
    }
  }

  private static void assertHeld(TestPeer holder, ShardNode shard) {
    assertThat(holder.store.pinned()).containsKey(shard.toBlock().cid());
    assertThat(shard.links())
        .as("blocks of shard %d of group %d", shard.column(), shard.group())
        .allMatch(holder.store::has);
    assertThat(shard.groupNode().stream()).allMatch(holder.store::has);
  }

  @Override
  public void close() {
    coded.close();
  }
}
