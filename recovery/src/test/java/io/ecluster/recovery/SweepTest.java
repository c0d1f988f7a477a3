package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SweepTest {
  private static final Duration GRACE = Duration.ofHours(1);
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final Instant OLD = NOW.minus(GRACE).minusSeconds(1);
  private static final Instant YOUNG = NOW.minus(GRACE).plusSeconds(1);
  private static final Cid ROOT = TestCids.cid("root");
  private static final Cid MANIFEST = TestCids.cid("manifest");
  private static final Cid OTHER = TestCids.cid("other");
  private static final int ONE_GROUP = 500_000;

  private final Map<Cid, Pin> pinset = new HashMap<>();

  private static Pin pin(
      Cid cid, PinType type, Optional<Cid> reference, String coding, Instant at) {
    PinOptions options =
        coding.isEmpty()
            ? PinOptions.NONE
            : PinOptions.NONE.withMetadata(Map.of(CodedPinFactory.CODING_ID, coding));
    return new Pin(cid, type, List.of(), Pin.RECURSIVE, reference, options, Optional.of(at));
  }

  private static Pin meta(Cid manifest) {
    return pin(ROOT, PinType.META, Optional.of(manifest), "", OLD);
  }

  private static Pin clusterDag(String coding, Instant at) {
    return pin(MANIFEST, PinType.CLUSTER_DAG, Optional.of(ROOT), coding, at);
  }

  private static Pin shard(String coding, Instant at) {
    return pin(TestCids.cid("shard"), PinType.SHARD, Optional.empty(), coding, at);
  }

  private boolean isOrphan(Pin pin) {
    return isOrphan(pin, Set.of(), Set.of());
  }

  private boolean isOrphan(Pin pin, Set<String> living, Set<String> adding) {
    return new SweepRules(cid -> Optional.ofNullable(pinset.get(cid)), living, adding, NOW, GRACE)
        .isOrphan(pin);
  }

  @Test
  void aManifestThatItsRootReferencesStays() {
    pinset.put(ROOT, meta(MANIFEST));
    assertThat(isOrphan(clusterDag("c1", OLD))).isFalse();
  }

  @Test
  void aManifestWithoutRootGoesOnceItIsOld() {
    assertThat(isOrphan(clusterDag("c1", OLD))).isTrue();
    assertThat(isOrphan(clusterDag("c1", YOUNG))).isFalse();
  }

  @Test
  void aManifestWhoseRootReferencesAnotherGoes() {
    pinset.put(ROOT, meta(OTHER));
    assertThat(isOrphan(clusterDag("c1", OLD))).isTrue();
  }

  @Test
  void aManifestWhoseRootIsPlainDataGoes() {
    pinset.put(ROOT, pin(ROOT, PinType.DATA, Optional.empty(), "", OLD));
    assertThat(isOrphan(clusterDag("c1", OLD))).isTrue();
  }

  @Test
  void aShardGoesWithItsCoding() {
    assertThat(isOrphan(shard("c1", OLD))).isTrue();
    assertThat(isOrphan(shard("c1", OLD), Set.of("c1"), Set.of())).isFalse();
    assertThat(isOrphan(shard("c1", OLD), Set.of("c2"), Set.of())).isTrue();
    assertThat(isOrphan(shard("c1", YOUNG))).isFalse();
  }

  @Test
  void whatIsBeingAddedStaysHoweverOld() {
    assertThat(isOrphan(shard("c1", OLD), Set.of(), Set.of("c1"))).isFalse();
    assertThat(isOrphan(clusterDag("c1", OLD), Set.of(), Set.of("c1"))).isFalse();
  }

  @Test
  void pinsThatAreNotPartsOfACodingStay() {
    assertThat(isOrphan(shard("", OLD))).isFalse(); // sharded by Go
    assertThat(isOrphan(clusterDag("", OLD))).isFalse();
    assertThat(isOrphan(pin(OTHER, PinType.DATA, Optional.empty(), "c1", OLD))).isFalse();
    assertThat(isOrphan(meta(MANIFEST))).isFalse();
  }

  @Test
  void aPinWithoutTimeStays() {
    Pin timeless =
        new Pin(
            OTHER,
            PinType.SHARD,
            List.of(),
            Pin.RECURSIVE,
            Optional.empty(),
            shard("c1", OLD).options(),
            Optional.empty());
    assertThat(isOrphan(timeless)).isFalse();
  }

  private static int sweepAll(List<Sweep> sweeps) {
    return sweeps.stream().mapToInt(Sweep::run).sum();
  }

  private static List<Sweep> sweeps(CodedCluster c) {
    return c.cluster.peers.stream().map(peer -> new Sweep(c.parts(peer), GRACE)).toList();
  }

  private static long pins(CodedCluster c) {
    try (Stream<Pin> pins = c.peer(0).consensus.state().list()) {
      return pins.count();
    }
  }

  @Test
  void whatAGoPeerUnpinnedIsFinishedByOnePeerEach() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile gone = c.add(ONE_GROUP);
      CodedFile kept = c.add(ONE_GROUP);
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(gone.root())));
      List<Sweep> sweeps = sweeps(c);
      assertThat(sweepAll(sweeps)).isZero();
      c.cluster.time.advance(GRACE.plusSeconds(2));
      assertThat(sweepAll(sweeps)).isZero(); // seen for the first time
      assertThat(sweepAll(sweeps)).isEqualTo(7);
      assertThat(pins(c)).isEqualTo(8);
      assertThat(sweepAll(sweeps)).isZero();
      assertThat(c.read(c.peer(3), kept.root())).isEqualTo(kept.bytes());
    }
  }

  @Test
  void anAddUnderWaySomewhereKeepsItsShards() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      TestPeer adding = c.peer(4);
      adding.adding.add(file.manifest().coding().toString());
      Cid manifest =
          c.peer(0).consensus.state().get(file.root()).flatMap(Pin::reference).orElseThrow();
      c.peer(0)
          .consensus
          .commit(List.of(new PinChange.Remove(file.root()), new PinChange.Remove(manifest)));
      c.cluster.time.advance(GRACE.plusSeconds(2));
      List<Sweep> sweeps = sweeps(c);
      assertThat(sweepAll(sweeps) + sweepAll(sweeps)).isZero();
      adding.adding.clear();
      assertThat(sweepAll(sweeps) + sweepAll(sweeps)).isEqualTo(6);
    }
  }

  @Test
  void theAddOfAPeerThatIsGoneIsSwept() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      TestPeer adding = c.peer(6);
      adding.adding.add(file.manifest().coding().toString());
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(file.root())));
      c.cluster.time.advance(GRACE.plusSeconds(2));
      c.cluster.kill(adding);
      List<Sweep> sweeps = sweeps(c).subList(0, 6);
      assertThat(sweepAll(sweeps) + sweepAll(sweeps)).isEqualTo(7);
    }
  }

  /** Those that know nothing of adds neither keep a sweep back nor get a share of it. */
  @Test
  void goPeersLeaveAllOfItToOurs() {
    try (CodedCluster c = CodedCluster.withGoPeers(2, 5)) {
      CodedFile gone = c.add(ONE_GROUP);
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(gone.root())));
      c.cluster.time.advance(GRACE.plusSeconds(2));
      List<Sweep> ours = sweeps(c).subList(0, 2);
      assertThat(sweepAll(ours)).isZero(); // seen for the first time
      assertThat(sweepAll(ours)).isEqualTo(7);
      assertThat(pins(c)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, names = "SERVER", mode = EnumSource.Mode.EXCLUDE)
  void oneOfOursThatDoesNotTellHoldsAllBack(Kind failure) {
    try (CodedCluster c = CodedCluster.withGoPeers(3, 4)) {
      CodedFile gone = c.add(ONE_GROUP);
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(gone.root())));
      c.cluster.time.advance(GRACE.plusSeconds(2));
      AtomicBoolean silent = new AtomicBoolean(true);
      HookedRpc rpc =
          new HookedRpc(
              c.peer(0).rpc,
              (to, method) -> {
                if (silent.get()
                    && to.equals(c.peer(2).id())
                    && method.equals(ErasureMethods.ADDS_IN_PROGRESS)) {
                  throw new RpcException(failure, "no answer");
                }
              });
      Sweep sweep = new Sweep(c.parts(c.peer(0), rpc), GRACE);
      for (int round = 0; round < 3; round++) {
        assertThat(sweep.run()).isZero();
      }
      assertThat(pins(c)).isEqualTo(7);
      silent.set(false);
      List<Sweep> all =
          List.of(
              sweep, new Sweep(c.parts(c.peer(1)), GRACE), new Sweep(c.parts(c.peer(2)), GRACE));
      assertThat(sweepAll(all)).isZero(); // what was seen before does not count
      assertThat(sweepAll(all)).isEqualTo(7);
    }
  }
}
