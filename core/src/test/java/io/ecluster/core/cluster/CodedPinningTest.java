package io.ecluster.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.monitor.Monitor.Alert;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pins of coded files, and what happens to pins by themselves. */
class CodedPinningTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestCluster cluster = TestCluster.of(3, settings -> repinning(settings));
  private final TestPeer first = cluster.peer(0);
  private final Cid root = stored("root");
  private final Cid manifest = stored("manifest");
  private final Cid shard = stored("shard");

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void removingARootRemovesItsPartsInOneDelta() {
    commitCoded();
    first.codedPins.set(root, List.of(manifest, shard));
    assertThat(first.cluster.unpin(root).type()).isEqualTo(PinType.META);
    assertThat(cluster.pinset.deltas().getLast())
        .containsExactly(
            new PinChange.Remove(root),
            new PinChange.Remove(manifest),
            new PinChange.Remove(shard));
    try (var pins = first.cluster.allocations()) {
      assertThat(pins).isEmpty();
    }
  }

  @Test
  void aRootWhoseManifestCannotBeReadIsRemovedAllTheSame() {
    commitCoded();
    first.cluster.unpin(root);
    assertThat(cluster.pinset.deltas().getLast())
        .containsExactly(new PinChange.Remove(root), new PinChange.Remove(manifest));
    assertThat(first.cluster.allocation(shard)).isPresent();
  }

  @Test
  void manyPartsAreRemovedInDeltasThatPeersCanFetch() {
    commitCoded();
    List<Cid> parts = new ArrayList<>(List.of(manifest));
    for (int i = 0; i < 5000; i++) {
      parts.add(TestDag.raw("shard " + i).cid());
    }
    first.codedPins.set(root, parts);
    int before = cluster.pinset.deltas().size();
    first.cluster.unpin(root);
    List<List<PinChange>> removals =
        cluster.pinset.deltas().subList(before, cluster.pinset.deltas().size());
    assertThat(removals).hasSize(3).allMatch(delta -> delta.size() <= 2000);
    assertThat(removals.getFirst().getFirst()).isEqualTo(new PinChange.Remove(root));
    assertThat(removals.stream().mapToInt(List::size).sum()).isEqualTo(5002);
  }

  @Test
  void partsCannotBeRemovedOnTheirOwn() {
    commitCoded();
    assertThatThrownBy(() -> first.cluster.unpin(shard))
        .hasMessage("cannot unpin a shard directly. Unpin content root CID instead");
    assertThatThrownBy(() -> first.cluster.unpin(manifest))
        .hasMessage("cannot unpin a Cluster DAG directly. Unpin content root CID instead");
    assertThatThrownBy(() -> first.cluster.unpin(TestDag.raw("x").cid()))
        .isInstanceOf(PinNotFoundException.class);
  }

  @Test
  void showsRootAsShardedAndPartsAsPinned() throws InterruptedException {
    commitCoded();
    assertThat(first.tracker.awaitPinned(manifest, SOON)).isTrue();
    assertThat(first.tracker.awaitPinned(shard, SOON)).isTrue();
    assertThat(first.cluster.status(root, true).peers().values())
        .allMatch(info -> info.status() == TrackerStatus.SHARDED);
    assertThat(cluster.peer(1).cluster.status(root, false).peers().values())
        .hasSize(3)
        .allMatch(info -> info.status() == TrackerStatus.SHARDED);
  }

  @Test
  void aRootPinnedAsDataIsNotPinnedAsCodedAndTheOtherWayRound() {
    commitCoded();
    assertThatThrownBy(() -> first.cluster.pin(Pin.of(root, PinOptions.NONE)))
        .hasMessageContaining("different tracking method");
    first.cluster.pin(Pin.of(stored("data"), PinOptions.NONE));
    assertThatThrownBy(() -> first.cluster.pin(meta(stored("data"), manifest)))
        .hasMessageContaining("different tracking method");
  }

  @Test
  void aFollowerRefusesWrites() {
    TestPeer follower = cluster.add(CodedPinningTest::following);
    Cid cid = stored("a");
    assertThatThrownBy(() -> follower.cluster.pin(Pin.of(cid, PinOptions.NONE)))
        .isInstanceOf(FollowerModeException.class);
    assertThatThrownBy(() -> follower.cluster.unpin(cid)).isInstanceOf(FollowerModeException.class);
    assertThatThrownBy(() -> follower.cluster.pinPath("/ipfs/" + cid, PinOptions.NONE))
        .isInstanceOf(FollowerModeException.class);
    assertThat(follower.cluster.status(cid, false).peers()).containsOnlyKeys(follower.id());
  }

  /** Each peer looks, one acts, so that there is one removal. */
  @Test
  void anExpiredPinIsRemovedByOnePeer() {
    Instant soon = cluster.time.instant().plusSeconds(60);
    List<Cid> expiring = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      expiring.add(first.cluster.pin(Pin.of(stored("e" + i), expiringAt(soon))).cid());
    }
    Cid lasting = first.cluster.pin(Pin.of(stored("lasting"), PinOptions.NONE)).cid();
    int before = cluster.pinset.deltas().size();
    cluster.time.advance(Duration.ofMinutes(6));
    Eventually.until(
        "all removed",
        () -> expiring.stream().allMatch(cid -> first.cluster.allocation(cid).isEmpty()));
    assertThat(cluster.pinset.deltas()).hasSize(before + expiring.size());
    assertThat(first.cluster.allocation(lasting)).isPresent();
  }

  @Test
  void pinsOfADeadPeerMoveAndShardsStay() throws InterruptedException {
    TestPeer dying = cluster.peer(2);
    Pin pin = Pin.of(stored("a"), PinOptions.NONE.withReplication(2, 2));
    first.cluster.pin(pin.withAllocations(List.of(first.id(), dying.id())));
    first.cluster.pin(shardOn(dying.id()));
    cluster.kill(dying);
    cluster.time.advance(Duration.ofSeconds(6));
    assertThat(cluster.peer(1).tracker.awaitPinned(pin.cid(), SOON)).isTrue();
    assertThat(first.cluster.allocation(pin.cid()).orElseThrow().allocations())
        .containsExactlyInAnyOrder(first.id(), cluster.peer(1).id());
    assertThat(first.cluster.allocation(shard).orElseThrow().allocations())
        .containsExactly(dying.id());
  }

  @Test
  void pinsThatStillHaveEnoughHoldersStay() {
    PeerId dead = cluster.peer(2).id();
    Pin pin =
        first.cluster.pin(
            Pin.of(stored("a"), PinOptions.NONE.withReplication(1, 2))
                .withAllocations(List.of(first.id(), dead)));
    PinsetWatch watch = watch(first);
    watch.moveFrom(dead);
    assertThat(first.cluster.allocation(pin.cid()).orElseThrow().allocations())
        .containsExactly(first.id(), dead);
  }

  @Test
  void anAlertIsActedOnOnceAndNotWhenThePeerIsBack() {
    PeerId returned = cluster.peer(2).id();
    cluster.monitor.dead(returned);
    List<Alert> alerts = cluster.monitor.alerts();
    cluster.monitor.alive(returned, 1, "default");
    Pin pin =
        first.cluster.pin(
            Pin.of(stored("a"), PinOptions.NONE.withReplication(1, 1))
                .withAllocations(List.of(returned)));
    watch(first).moveFromDead(alerts);
    watch(cluster.peer(1)).moveFromDead(alerts);
    assertThat(first.cluster.allocation(pin.cid()).orElseThrow().allocations())
        .containsExactly(returned);
  }

  @Test
  void pinsAreMovedThoughThePeerThatWasToMoveThemDiesToo() {
    PeerId next = cluster.peer(1).id();
    PeerId gone = cluster.peer(2).id();
    Cid cid =
        IntStream.range(0, 1000)
            .mapToObj(i -> stored("p" + i))
            .filter(each -> Distance.isClosest(next, List.of(first.id()), each))
            .findFirst()
            .orElseThrow();
    first.cluster.pin(
        Pin.of(cid, PinOptions.NONE.withReplication(1, 1)).withAllocations(List.of(gone)));
    PinsetWatch watch = watch(first);
    cluster.monitor.dead(gone);
    watch.moveFromDead(cluster.monitor.alerts());
    assertThat(first.cluster.allocation(cid).orElseThrow().allocations()).containsExactly(gone);
    cluster.time.advance(Duration.ofSeconds(1));
    cluster.monitor.dead(next);
    watch.moveFromDead(cluster.monitor.alerts());
    assertThat(first.cluster.allocation(cid).orElseThrow().allocations())
        .containsExactly(first.id());
  }

  private PinsetWatch watch(TestPeer peer) {
    Members members = new Members(peer.id(), cluster.monitor, peer.consensus);
    PeerSettings settings = repinning(PeerSettings.defaults("x", "y"));
    PeerParts parts =
        new PeerParts(
            peer.host,
            peer.ipfs,
            peer.consensus,
            peer.tracker,
            cluster.monitor,
            peer.rpc,
            new FirstPeersAllocator(),
            peer.codedPins,
            () -> peer.adding,
            _ -> Optional.empty(),
            new SelfIdentity(peer.id(), "x", peer.ipfs),
            cluster.time);
    return new PinsetWatch(
        parts, members, new Pinning(parts, settings, new Allocations(parts, settings, members)));
  }

  private void commitCoded() {
    first.consensus.commit(
        List.of(
            new PinChange.Put(shardOn(first.id())),
            new PinChange.Put(
                new Pin(
                    manifest,
                    PinType.CLUSTER_DAG,
                    List.of(),
                    Pin.RECURSIVE,
                    Optional.of(root),
                    PinOptions.NONE.withReplication(-1, -1),
                    Optional.of(cluster.time.instant()))),
            new PinChange.Put(meta(root, manifest))));
  }

  private static Pin meta(Cid root, Cid manifest) {
    return new Pin(
        root,
        PinType.META,
        List.of(),
        Pin.RECURSIVE,
        Optional.of(manifest),
        PinOptions.NONE.withReplication(-1, -1),
        Optional.empty());
  }

  private Pin shardOn(PeerId holder) {
    return new Pin(
        shard,
        PinType.SHARD,
        List.of(holder),
        Pin.RECURSIVE,
        Optional.empty(),
        PinOptions.NONE.withReplication(1, 1),
        Optional.of(cluster.time.instant()));
  }

  private Cid stored(String text) {
    Block block = TestDag.raw(text);
    cluster.peer(0).store.put(List.of(block));
    return block.cid();
  }

  private static PinOptions expiringAt(Instant when) {
    return new PinOptions(
        1,
        1,
        "",
        false,
        0,
        0,
        0,
        List.of(),
        Optional.of(when),
        new TreeMap<>(),
        Optional.empty(),
        List.of());
  }

  private static PeerSettings repinning(PeerSettings like) {
    return settings(like, false, false);
  }

  private static PeerSettings following(PeerSettings like) {
    return settings(like, true, true);
  }

  private static PeerSettings settings(PeerSettings like, boolean follower, boolean noRepinning) {
    return new PeerSettings(
        like.peerName(),
        like.version(),
        like.replicationMin(),
        like.replicationMax(),
        like.allocateBy(),
        false,
        false,
        follower,
        noRepinning,
        like.stateSyncInterval(),
        like.pinRecoverInterval());
  }
}
