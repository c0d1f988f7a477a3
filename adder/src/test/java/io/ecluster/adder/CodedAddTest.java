package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddCluster.Added;
import io.ecluster.core.cluster.FollowerModeException;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerSettings;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.InvalidParametersException;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ShardNode;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a coded add leaves when all goes well, and what it refuses to begin. */
class CodedAddTest {
  private static final int ONE_GROUP = 500_000;
  private static final int THREE_GROUPS = 2_700_000;

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {0, 1, 16_384, 16_385, 70_000, 262_144, ONE_GROUP, 1_048_576, THREE_GROUPS})
  void everyColumnIsOnItsHolderAndNothingElseIsAnywhere(int size) throws IOException {
    try (AddCluster c = new AddCluster(8)) {
      byte[] bytes = AddCluster.random(size, size);
      Added added = c.add(bytes);
      assertThat(added.root()).isEqualTo(rootOf(bytes, AddCluster.DAG));
      c.assertWhole(added.root());
      c.assertNoGuardIsLeft();
      c.assertJustTheCodingsAreThere();
      assertThat(c.read(added.root())).isEqualTo(bytes);
    }
  }

  @ParameterizedTest(name = "{0} bytes in leaves that are nodes")
  @ValueSource(ints = {0, 1, ONE_GROUP})
  void leavesThatAreNodesAreCodedToo(int size) throws IOException {
    try (AddCluster c = new AddCluster(6)) {
      byte[] bytes = AddCluster.random(size, size);
      ImportOptions dag = AddCluster.DAG.withRawLeaves(false);
      AddRequest request =
          new AddRequest(
              dag, PinOptions.NONE, false, false, true, false, Optional.of(AddCluster.CODE));
      Added added = AddCluster.add(c.adder(c.peer(0)), request, bytes);
      assertThat(added.root()).isEqualTo(rootOf(bytes, dag));
      c.assertWhole(added.root());
      assertThat(c.read(added.root())).isEqualTo(bytes);
    }
  }

  private static Cid rootOf(byte[] bytes, ImportOptions dag) throws IOException {
    return new FileImporter().add(new ByteArrayInputStream(bytes), dag, _ -> {}).root();
  }

  @Test
  void severalGroupsSpreadOverAllPeers() {
    try (AddCluster c = new AddCluster(8)) {
      Manifest manifest = c.manifest(c.add(AddCluster.random(THREE_GROUPS, 5)).root());
      assertThat(manifest.groups()).hasSize(3);
      Set<PeerId> used = new HashSet<>();
      for (int group = 0; group < 3; group++) {
        for (int column = 0; column < AddCluster.DATA + AddCluster.PARITY; column++) {
          used.add(c.holder(manifest, group, column));
        }
      }
      assertThat(used).hasSize(8);
    }
  }

  @Test
  void pinsAreThoseOfTheDesign() {
    try (AddCluster c = new AddCluster(7)) {
      PinOptions wish =
          PinOptions.NONE
              .withName("film")
              .withMetadata(Map.of("year", "1927"))
              .withReplication(2, 3);
      Added added =
          AddCluster.add(
              c.adder(c.peer(2)),
              AddCluster.request(wish, Optional.of(AddCluster.CODE)),
              AddCluster.random(THREE_GROUPS, 1));
      Manifest manifest = c.manifest(added.root());
      Pin meta = c.pin(added.root()).orElseThrow();
      assertMeta(meta);
      Cid manifestRoot = meta.reference().orElseThrow();
      assertClusterDag(c.pin(manifestRoot).orElseThrow(), added.root(), manifest);
      for (int group = 0; group < manifest.groups().size(); group++) {
        for (int column = 0; column < 6; column++) {
          Cid shard = manifest.groups().get(group).shards().get(column).orElseThrow();
          assertShard(c.pin(shard).orElseThrow(), group, column, manifest);
        }
      }
      assertThat(c.pins(PinType.SHARD)).hasSize(18);
      assertThat(c.pins(PinType.CLUSTER_DAG)).hasSize(1);
      assertThat(c.pins(PinType.META)).containsExactly(meta);
    }
  }

  private static void assertMeta(Pin meta) {
    assertThat(meta.type()).isEqualTo(PinType.META);
    assertThat(meta.allocations()).isEmpty();
    assertThat(meta.timestamp()).isPresent();
    assertThat(meta.options().name()).isEqualTo("film");
    assertThat(meta.options().metadata()).isEqualTo(Map.of("year", "1927"));
    assertThat(meta.options().replicationMin()).isEqualTo(-1);
    assertThat(meta.options().replicationMax()).isEqualTo(-1);
    assertThat(meta.options().dataShards()).isEqualTo(AddCluster.DATA);
    assertThat(meta.options().parityShards()).isEqualTo(AddCluster.PARITY);
    assertThat(meta.options().shardSize()).isEqualTo(AddCluster.SHARD);
  }

  private static void assertClusterDag(Pin pin, Cid root, Manifest manifest) {
    assertThat(pin.type()).isEqualTo(PinType.CLUSTER_DAG);
    assertThat(pin.reference()).contains(root);
    assertThat(pin.allocations()).isEmpty();
    assertThat(pin.maxDepth()).isEqualTo(Pin.RECURSIVE);
    assertPart(pin, "film-clusterDAG", -1, manifest);
  }

  private static void assertShard(Pin pin, int group, int column, Manifest manifest) {
    assertThat(pin.type()).isEqualTo(PinType.SHARD);
    assertThat(pin.reference()).isEmpty();
    assertThat(pin.allocations()).hasSize(1);
    assertThat(pin.maxDepth()).isEqualTo(Pin.RECURSIVE);
    String name =
        column < AddCluster.DATA
            ? "film-shard-" + group + "-" + column
            : "film-parity-shard-" + group + "-" + (column - AddCluster.DATA);
    assertPart(pin, name, 1, manifest);
  }

  private static void assertPart(Pin pin, String name, int factor, Manifest manifest) {
    assertThat(pin.options().name()).isEqualTo(name);
    assertThat(pin.options().replicationMin()).isEqualTo(factor);
    assertThat(pin.options().replicationMax()).isEqualTo(factor);
    assertThat(pin.options().metadata())
        .isEqualTo(Map.of(CodedPinFactory.CODING_ID, manifest.coding().toString()));
    assertThat(pin.options().dataShards()).isZero();
    assertThat(pin.options().parityShards()).isZero();
  }

  @Test
  void metaAndManifestPinComeInOneChangeAfterAllOthers() {
    try (AddCluster c = new AddCluster(6)) {
      Added added = c.add(AddCluster.random(ONE_GROUP, 3));
      var last = c.cluster.pinset.deltas().getLast();
      assertThat(last).hasSize(2);
      assertThat(last.toString()).contains(added.root().toString(), "CLUSTER_DAG", "META");
    }
  }

  /** What a receipt says is what the peers' disks say. */
  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {1, 16_384, ONE_GROUP, THREE_GROUPS})
  void theReceiptTellsMarginAndTrueFactor(int size) {
    try (AddCluster c = new AddCluster(7)) {
      Added added = c.add(AddCluster.random(size, size));
      c.collectGarbage();
      AddEvent.Receipt receipt = added.receipt();
      assertThat(receipt.margin()).isEqualTo(AddCluster.PARITY);
      assertThat(receipt.relaxed()).isEmpty();
      assertThat(receipt.groups()).isEqualTo(c.manifest(added.root()).groups().size());
      assertThat(receipt.dataShards()).isEqualTo(AddCluster.DATA);
      assertThat(receipt.parityShards()).isEqualTo(AddCluster.PARITY);
      assertThat(receipt.size()).isGreaterThanOrEqualTo(size);
      assertThat(receipt.storedBytes())
          .isEqualTo(c.living().stream().mapToLong(peer -> peer.ipfs.repoStat().repoSize()).sum());
    }
  }

  @Test
  void eventsTellOfShardsThenManifestThenRoot() {
    try (AddCluster c = new AddCluster(6)) {
      Added added = c.add(AddCluster.random(ONE_GROUP, 3));
      Manifest manifest = c.manifest(added.root());
      assertThat(added.events().stream().map(AddEvent::name))
          .containsExactly(
              "film-shard-0-0",
              "film-shard-0-1",
              "film-shard-0-2",
              "film-shard-0-3",
              "film-parity-shard-0-0",
              "film-parity-shard-0-1",
              "film-clusterDAG",
              "film.mp4");
      for (int column = 0; column < 6; column++) {
        AddEvent told = added.events().get(column);
        assertThat(told.cid()).isEqualTo(manifest.groups().getFirst().shards().get(column));
        assertThat(told.allocations()).containsExactly(c.holder(manifest, 0, column));
      }
    }
  }

  @Test
  void aFolderIsCodedUnderItsOwnRoot() {
    try (AddCluster c = new AddCluster(6)) {
      Added added =
          AddCluster.add(
              c.adder(c.peer(0)),
              AddCluster.coded(AddCluster.CODE),
              List.of(
                  new AddEntry.Directory("trip"),
                  AddCluster.file("trip/a.jpg", AddCluster.random(300_000, 1)),
                  AddCluster.file("trip/day/b.jpg", AddCluster.random(200_000, 2)),
                  new AddEntry.Symlink("trip/latest", "day/b.jpg")));
      assertThat(added.last().name()).isEqualTo("trip");
      c.assertWhole(added.root());
      assertThat(c.manifest(added.root()).size()).isEqualTo(500_000);
    }
  }

  @Test
  void repeatedBlocksAreStoredOnceAndRead() {
    try (AddCluster c = new AddCluster(6)) {
      byte[] zeros = new byte[ONE_GROUP];
      Added added = c.add(zeros);
      c.assertWhole(added.root());
      assertThat(c.read(added.root())).isEqualTo(zeros);
      GroupNode group = c.group(c.manifest(added.root()), 0);
      assertThat(ShardNode.allOf(group).stream().flatMap(shard -> shard.links().stream()))
          .hasSizeLessThan(10);
    }
  }

  @ParameterizedTest(name = "{0}+{1}, shards of {2} bytes")
  @CsvSource({
    "0, 2, 262144, data",
    "-1, 2, 262144, data",
    "4, 0, 262144, parity",
    "4, -3, 262144, parity",
    "250, 6, 262144, 255",
    "200, 100, 262144, 255",
    "4, 2, 0, shard size",
    "4, 2, 16383, shard size of 16383 bytes is below the 16384 bytes of block"
  })
  void parametersThatCannotBeAreRefusedBeforeAnythingIsSent(
      int data, int parity, long shardSize, String words) {
    try (AddCluster c = new AddCluster(6)) {
      AddRequest request = AddCluster.coded(new AddRequest.Coding(data, parity, shardSize, false));
      assertThatThrownBy(
              () -> AddCluster.add(c.adder(c.peer(0)), request, AddCluster.random(ONE_GROUP, 1)))
          .isInstanceOf(InvalidParametersException.class)
          .hasMessageContaining(words);
      assertThat(c.living()).allMatch(peer -> peer.store.stored().isEmpty());
      assertThat(c.cluster.pinset.deltas()).isEmpty();
      c.assertNothingIsLeft();
    }
  }

  @Test
  void tooFewLivePeersAreCounted() {
    try (AddCluster c = new AddCluster(7)) {
      c.coded.kill(c.peer(3));
      c.coded.kill(c.peer(5));
      assertThatThrownBy(() -> c.add(AddCluster.random(ONE_GROUP, 1)))
          .isInstanceOf(NotEnoughPeersException.class)
          .hasMessageContaining("needs 6 live peers and there are 5")
          .hasMessageContaining("--allow-shared-peers");
      assertThat(c.living()).allMatch(peer -> peer.store.stored().isEmpty());
      assertThat(c.cluster.pinset.deltas()).isEmpty();
    }
  }

  @Test
  void aFileOfOneBlockNeedsNoMorePeersThanItHasShards() {
    try (AddCluster c = new AddCluster(3)) {
      Added added = c.add(AddCluster.random(1000, 1));
      c.assertWhole(added.root());
      assertThat(added.receipt().margin()).isEqualTo(2);
    }
  }

  @ParameterizedTest(name = "6 shards on {0} peers: at most {1} each, {2} peers may be lost")
  @CsvSource({"1, 6, 0", "2, 3, 0", "3, 2, 1", "4, 2, 1", "5, 2, 1", "6, 1, 2", "9, 1, 2"})
  void sharedPeersAreLoadedEvenlyAndTheMarginTold(int peers, int most, int margin) {
    try (AddCluster c = new AddCluster(peers)) {
      byte[] bytes = AddCluster.random(ONE_GROUP, peers);
      AddRequest.Coding shared = new AddRequest.Coding(4, 2, AddCluster.SHARD, true);
      Added added = AddCluster.add(c.adder(c.peer(0)), AddCluster.coded(shared), bytes);
      assertThat(added.receipt().margin()).isEqualTo(margin);
      Manifest manifest = c.manifest(added.root());
      Map<PeerId, Integer> loads = new HashMap<>();
      for (int column = 0; column < 6; column++) {
        loads.merge(c.holder(manifest, 0, column), 1, Integer::sum);
      }
      assertThat(loads).hasSize(Math.min(peers, 6));
      assertThat(loads.values()).allMatch(load -> load <= most);
      assertThat(c.read(added.root())).isEqualTo(bytes);
    }
  }

  @Test
  void whatAUserMayNotPinIsNotAdded() {
    try (AddCluster c = new AddCluster(6)) {
      PinOptions expired = expiringAt(c.cluster.time.instant().minus(Duration.ofHours(1)));
      assertThatThrownBy(() ->
              AddCluster.add(
                  c.adder(c.peer(0)),
                  AddCluster.request(expired, Optional.of(AddCluster.CODE)),
                  AddCluster.random(1000, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ExpireAt");
      c.assertNothingIsLeft();
    }
  }

  @Test
  void aFollowerAddsNothing() {
    try (AddCluster c = new AddCluster(6, CodedAddTest::following)) {
      assertThatThrownBy(() -> c.add(AddCluster.random(1000, 1)))
          .isInstanceOf(FollowerModeException.class);
      c.assertNothingIsLeft();
    }
  }

  private static PeerSettings following(PeerSettings s) {
    return new PeerSettings(
        s.peerName(),
        s.version(),
        s.replicationMin(),
        s.replicationMax(),
        s.allocateBy(),
        s.pinOnlyOnTrusted(),
        s.pinOnlyOnUntrusted(),
        true,
        s.disableRepinning(),
        s.stateSyncInterval(),
        s.pinRecoverInterval());
  }

  private static PinOptions expiringAt(Instant end) {
    PinOptions none = PinOptions.NONE;
    return new PinOptions(
        -1,
        -1,
        "film",
        false,
        0,
        0,
        0,
        List.of(),
        Optional.of(end),
        none.metadata(),
        Optional.empty(),
        List.of());
  }

  @Test
  void onlyAnAddUnderWayIsNamed() {
    try (AddCluster c = new AddCluster(6)) {
      Set<String> during = new HashSet<>();
      ClusterAdder adder = c.adder(c.peer(0));
      List<AddEntry> entries = List.of(AddCluster.file("a", AddCluster.random(1000, 1)));
      Cid root =
          adder.add(
              AddCluster.coded(AddCluster.CODE),
              entries.iterator(),
              _ -> during.addAll(adder.underWay().names()));
      assertThat(during).contains(c.manifest(root).coding().toString(), root.toString());
      assertThat(adder.underWay().names()).containsExactly(root.toString());
      c.cluster.time.advance(Duration.ofHours(1));
      assertThat(adder.underWay().names()).isEmpty();
    }
  }
}
