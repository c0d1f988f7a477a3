package io.ecluster.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.ConnectGraph;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterPeerTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final TestCluster cluster = TestCluster.of(3);
  private final TestPeer first = cluster.peer(0);
  private final TestPeer second = cluster.peer(1);
  private final TestPeer third = cluster.peer(2);

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aPinReachesItsHoldersAndNobodyElse() throws InterruptedException {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), replicated(2)));
    assertThat(pin.allocations()).containsExactlyInAnyOrder(first.id(), second.id());
    assertThat(pin.timestamp()).contains(cluster.time.instant());
    awaitPinned(pin, first, second);
    GlobalPinInfo status = third.cluster.status(pin.cid(), false);
    assertThat(statuses(status))
        .isEqualTo(
            Map.of(
                first.id(), TrackerStatus.PINNED,
                second.id(), TrackerStatus.PINNED,
                third.id(), TrackerStatus.REMOTE));
    assertThat(third.store.pinned()).isEmpty();
  }

  @Test
  void aPinWithoutFactorsGoesEverywhere() throws InterruptedException {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), PinOptions.NONE));
    assertThat(pin.allocations()).isEmpty();
    awaitPinned(pin, first, second, third);
    assertThat(statuses(second.cluster.status(pin.cid(), false)).values())
        .hasSize(3)
        .containsOnly(TrackerStatus.PINNED);
  }

  @Test
  void allocationsThatAreGivenAreKept() throws InterruptedException {
    Pin asked = Pin.of(stored("a"), replicated(1)).withAllocations(List.of(third.id()));
    Pin pin = first.cluster.pin(asked);
    assertThat(pin.allocations()).containsExactly(third.id());
    awaitPinned(pin, third);
  }

  @Test
  void refusesWhenThereAreTooFewPeers() {
    assertThatThrownBy(() -> first.cluster.pin(Pin.of(stored("a"), replicated(4))))
        .isInstanceOf(NotEnoughPeersException.class);
    assertThat(cluster.pinset.deltas()).isEmpty();
  }

  @Test
  void whatIsUnknownIsUnpinnedEverywhere() {
    GlobalPinInfo status = first.cluster.status(TestDag.raw("unknown").cid(), false);
    assertThat(statuses(status))
        .containsOnlyKeys(cluster.ids())
        .containsValue(TrackerStatus.UNPINNED);
    assertThat(status.created()).isPresent();
  }

  @Test
  void aHolderThatDoesNotAnswerIsShownWithItsError() throws InterruptedException {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), replicated(2)));
    awaitPinned(pin, first);
    second.close();
    PinInfo info =
        Objects.requireNonNull(first.cluster.status(pin.cid(), false).peers().get(second.id()));
    assertThat(info.status()).isEqualTo(TrackerStatus.CLUSTER_ERROR);
    assertThat(info.error()).isNotEmpty();
  }

  @Test
  void aPeerThatDoesNotTrustUsIsLeftOut() {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), PinOptions.NONE));
    second.consensus.distrust(first.id());
    assertThat(first.cluster.status(pin.cid(), false).peers())
        .containsOnlyKeys(first.id(), third.id());
    assertThat(all(0)).hasSize(1);
    assertThat(Objects.requireNonNull(all(0).get(pin.cid())))
        .containsOnlyKeys(first.id(), third.id());
  }

  @Test
  void statusOfAllIsMergedByCid() throws InterruptedException {
    Pin one = first.cluster.pin(Pin.of(stored("one"), PinOptions.NONE));
    Pin two = first.cluster.pin(Pin.of(stored("two"), replicated(1)));
    awaitPinned(one, first, second, third);
    awaitPinned(two, first);
    Eventually.until(
        "others have let go", () -> all(TrackerStatus.REMOTE.bit()).containsKey(two.cid()));
    assertThat(all(TrackerStatus.PINNED.bit()))
        .isEqualTo(
            Map.of(
                one.cid(),
                Map.of(
                    first.id(), TrackerStatus.PINNED,
                    second.id(), TrackerStatus.PINNED,
                    third.id(), TrackerStatus.PINNED),
                two.cid(),
                Map.of(first.id(), TrackerStatus.PINNED)));
  }

  @Test
  void aPeerWhoseStreamBreaksIsShownWithEveryCid() throws InterruptedException {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), PinOptions.NONE));
    awaitPinned(pin, first, second, third);
    second.store.failWith("ipfs is down");
    assertThat(Objects.requireNonNull(all(0).get(pin.cid())))
        .containsEntry(second.id(), TrackerStatus.CLUSTER_ERROR)
        .containsEntry(first.id(), TrackerStatus.PINNED);
  }

  @Test
  void whatFailedWhileTheIpfsNodeWasAwayIsDoneWhenItIsBack() throws InterruptedException {
    second.store.failWith("ipfs is down");
    second.self.ping();
    Pin pin = first.cluster.pin(Pin.of(stored("a"), PinOptions.NONE));
    assertThat(second.tracker.await(pin.cid(), SOON).status()).isEqualTo(TrackerStatus.PIN_ERROR);
    assertThat(second.cluster.id().ipfs().error()).contains("ipfs is down");
    second.store.heal();
    second.self.ping();
    Eventually.until("the pin is there", () -> second.store.pinned().containsKey(pin.cid()));
    assertThat(second.cluster.id().ipfs().error()).isEmpty();
  }

  @Test
  void localStatusIsOfThisPeerOnly() throws InterruptedException {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), PinOptions.NONE));
    awaitPinned(pin, first);
    assertThat(first.cluster.status(pin.cid(), true).peers()).containsOnlyKeys(first.id());
    List<GlobalPinInfo> all = new ArrayList<>();
    first.cluster.statusAll(0, true, all::add);
    assertThat(all).singleElement().satisfies(i -> assertThat(i.peers()).hasSize(1));
  }

  @Test
  void recoversOnAllHolders() throws InterruptedException {
    Pin pin = first.cluster.pin(Pin.of(TestDag.raw("late").cid(), replicated(2)));
    for (TestPeer holder : List.of(first, second)) {
      assertThat(holder.tracker.await(pin.cid(), SOON).status()).isEqualTo(TrackerStatus.PIN_ERROR);
    }
    third.store.put(List.of(TestDag.raw("late")));
    first.cluster.recover(pin.cid(), false);
    awaitPinned(pin, first, second);
    assertThatThrownBy(() -> first.cluster.recover(TestDag.raw("x").cid(), false))
        .isInstanceOf(PinNotFoundException.class)
        .hasMessage("pin is not part of the pinset");
  }

  @Test
  void recoverAllTellsOfWhatItActedOn() throws InterruptedException {
    Pin fine = first.cluster.pin(Pin.of(stored("fine"), PinOptions.NONE));
    Pin lost = first.cluster.pin(Pin.of(stored("lost"), PinOptions.NONE));
    awaitPinned(fine, first, second, third);
    awaitPinned(lost, first, second, third);
    second.store.unpin(lost.cid());
    List<GlobalPinInfo> told = new ArrayList<>();
    first.cluster.recoverAll(false, told::add);
    assertThat(told).extracting(GlobalPinInfo::cid).containsExactly(lost.cid());
    awaitPinned(lost, second);
  }

  @Test
  void updatingAPinKeepsItsHolders() throws InterruptedException {
    Pin old = first.cluster.pin(Pin.of(stored("old"), replicated(1)));
    Pin updated = second.cluster.pin(Pin.of(stored("new"), update(old.cid())));
    assertThat(updated.allocations()).isEqualTo(old.allocations());
    awaitPinned(updated, first);
  }

  @Test
  void aPinUpdatedToItselfStays() throws InterruptedException {
    Pin old = first.cluster.pin(Pin.of(stored("old"), replicated(1)));
    awaitPinned(old, first);
    Pin updated = first.cluster.pin(Pin.of(old.cid(), update(old.cid())));
    assertThat(updated.options().name()).isEqualTo("renamed");
    assertThat(first.cluster.allocation(old.cid())).isPresent();
    awaitPinned(updated, first);
  }

  private static PinOptions update(Cid from) {
    return new PinOptions(
        0,
        0,
        "renamed",
        false,
        0,
        0,
        0,
        List.of(),
        java.util.Optional.empty(),
        new java.util.TreeMap<>(),
        java.util.Optional.of(from),
        List.of());
  }

  @Test
  void pinsAndUnpinsPaths() {
    Block leaf = TestDag.raw("leaf");
    Block folder = TestDag.folder(Map.of("name", leaf.cid()));
    first.store.put(List.of(leaf, folder));
    String path = "/ipfs/" + folder.cid() + "/name";
    assertThat(first.cluster.pinPath(path, PinOptions.NONE).cid()).isEqualTo(leaf.cid());
    assertThat(first.cluster.unpinPath("/ipfs/" + leaf.cid()).cid()).isEqualTo(leaf.cid());
    assertThat(first.cluster.allocation(leaf.cid())).isEmpty();
    assertThatThrownBy(() -> first.cluster.pinPath("/ipfs/", PinOptions.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> first.cluster.pinPath("/ipfs/rubbish", PinOptions.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listsPeersAlsoThoseThatDoNotAnswer() {
    third.close();
    Map<PeerId, PeerInfo> infos = new HashMap<>();
    first.cluster.peers(info -> infos.put(info.id(), info));
    assertThat(infos).containsOnlyKeys(cluster.ids());
    PeerInfo healthy = Objects.requireNonNull(infos.get(second.id()));
    assertThat(healthy.peerName()).isEqualTo("peer2");
    assertThat(healthy.ipfs().id()).contains(second.store.id().id());
    assertThat(healthy.clusterPeers())
        .containsExactlyElementsOf(cluster.ids().stream().sorted().toList());
    assertThat(Objects.requireNonNull(infos.get(third.id())).error()).isNotEmpty();
  }

  @Test
  void saysWhyItsIpfsDoesNotAnswer() {
    first.store.failWith("down");
    assertThat(first.cluster.id().ipfs().error()).isEqualTo("down");
    assertThat(first.cluster.id().ipfs().id()).isEmpty();
  }

  @Test
  void addingAPeerAsksItWhoItIs() {
    PeerInfo added = first.cluster.addPeer(second.id());
    assertThat(added.peerName()).isEqualTo("peer2");
    assertThat(added.clusterPeers()).contains(first.id());
    assertThat(first.consensus.rebroadcasts()).isEqualTo(1);
    third.close();
    assertThatThrownBy(() -> first.cluster.addPeer(third.id()))
        .isInstanceOf(PeerUnreachableException.class);
    assertThatThrownBy(() -> first.cluster.removePeer(second.id()))
        .hasMessage("crdt consensus component cannot remove peers");
  }

  @Test
  void aJoinerIsAnsweredWithItself() {
    PeerInfo reply = second.rpc.call(first.id(), RpcMethods.CLUSTER_PEER_ADD, second.id(), TIMEOUT);
    assertThat(reply.id()).isEqualTo(second.id());
    assertThat(reply.clusterPeers()).contains(first.id());
  }

  @Test
  void collectsGarbageEverywhereAndTellsOfFailures() {
    first.store.put(List.of(TestDag.raw("garbage")));
    second.store.failWith("down");
    Map<PeerId, RepoGc> all = first.cluster.repoGc(false);
    assertThat(all).containsOnlyKeys(cluster.ids());
    assertThat(Objects.requireNonNull(all.get(first.id())).keys()).hasSize(1);
    assertThat(Objects.requireNonNull(all.get(second.id())).error()).isEqualTo("down");
    assertThat(first.cluster.repoGc(true)).containsOnlyKeys(first.id());
  }

  @Test
  void sumsUpRepositories() {
    first.store.put(List.of(TestDag.raw("12345")));
    second.store.put(List.of(TestDag.raw("123")));
    third.store.failWith("down");
    assertThat(first.cluster.repoStat().repoSize()).isEqualTo(8);
  }

  @Test
  void showsRemotePeersByTheNameInTheirPing() {
    Pin pin = first.cluster.pin(Pin.of(stored("a"), replicated(1)));
    PinInfo remote =
        Objects.requireNonNull(first.cluster.status(pin.cid(), false).peers().get(third.id()));
    assertThat(remote.peerName()).isEqualTo("peer3");
  }

  @Test
  void drawsWhoIsConnectedToWhom() {
    ConnectGraph graph = first.cluster.graph();
    assertThat(graph.clusterId()).isEqualTo(first.id());
    assertThat(graph.idToPeerName()).containsEntry(third.id(), "peer3").hasSize(3);
    assertThat(Objects.requireNonNull(graph.clusterLinks().get(second.id())))
        .containsExactlyInAnyOrder(first.id(), third.id());
    PeerId ipfs = Objects.requireNonNull(graph.clusterToIpfs().get(first.id()));
    assertThat(Objects.requireNonNull(graph.ipfsLinks().get(ipfs))).hasSize(2);
    assertThat(graph.clusterTrustLinks().values()).containsOnly(true);
  }

  @Test
  void peersCanWriteForEachOtherUnlessDistrusted() {
    Pin pin = Pin.of(stored("a"), PinOptions.NONE.withReplication(-1, -1));
    first.rpc.call(second.id(), RpcMethods.CONSENSUS_LOG_PIN, pin, TIMEOUT);
    assertThat(third.cluster.allocation(pin.cid())).isPresent();
    first.rpc.call(second.id(), RpcMethods.CONSENSUS_LOG_UNPIN, pin, TIMEOUT);
    assertThat(third.cluster.allocation(pin.cid())).isEmpty();
    second.consensus.distrust(first.id());
    assertThatThrownBy(
            () -> first.rpc.call(second.id(), RpcMethods.CONSENSUS_LOG_PIN, pin, TIMEOUT))
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> assertThat(e.kind()).isEqualTo(RpcException.Kind.UNAUTHORIZED));
    assertThat(first.rpc.call(second.id(), RpcMethods.CLUSTER_VERSION, Nothing.NOTHING, TIMEOUT))
        .hasToString("Version[version=1.1.6]");
  }

  @Test
  void anAddGoesToAllPeersOrToThoseAllocated() {
    PinOptions everywhere = first.cluster.checkedForAdd(PinOptions.NONE);
    assertThat(first.cluster.allocateForAdd(everywhere, Set.of()))
        .containsExactlyInAnyOrderElementsOf(cluster.ids());
    assertThat(first.cluster.allocateForAdd(replicated(2), Set.of())).hasSize(2);
    Set<PeerId> absent = Set.of(second.id());
    assertThat(first.cluster.allocateForAdd(everywhere, absent))
        .containsExactlyInAnyOrder(first.id(), third.id());
    assertThat(first.cluster.allocateForAdd(replicated(2), absent))
        .containsExactlyInAnyOrder(first.id(), third.id());
    assertThatThrownBy(() -> first.cluster.checkedForAdd(PinOptions.NONE.withReplication(3, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void describesLivePeersToThePlacementOfShards() {
    cluster.monitor.alive(second.id(), 77, "rack2");
    cluster.monitor.dead(third.id());
    assertThat(first.cluster.livePeers())
        .extracting(LivePeer::peer)
        .containsExactlyInAnyOrder(first.id(), second.id());
    assertThat(first.cluster.livePeers()).contains(new LivePeer(second.id(), 77, List.of("rack2")));
  }

  @Test
  void isReadyOnlyOnceIpfsAnswers() throws InterruptedException {
    TestPeer late = cluster.add(settings -> settings);
    late.store.failWith("starting");
    List<String> published = new ArrayList<>();
    late.cluster.start(() -> published.add("metrics"));
    Eventually.until("it sleeps", () -> cluster.time.sleepers() > 0);
    assertThat(late.cluster.isReady()).isFalse();
    assertThat(published).isEmpty();
    late.store.heal();
    Eventually.until(
        "it is ready",
        () -> {
          cluster.time.advance(Duration.ofSeconds(1));
          return late.cluster.isReady();
        });
    assertThat(published).containsExactly("metrics");
  }

  private Map<Cid, Map<PeerId, TrackerStatus>> all(int filter) {
    Map<Cid, Map<PeerId, TrackerStatus>> all = new HashMap<>();
    first.cluster.statusAll(filter, false, info -> all.put(info.cid(), statuses(info)));
    return all;
  }

  private static Map<PeerId, TrackerStatus> statuses(GlobalPinInfo info) {
    Map<PeerId, TrackerStatus> statuses = new HashMap<>();
    info.peers().forEach((peer, said) -> statuses.put(peer, said.status()));
    return statuses;
  }

  private static void awaitPinned(Pin pin, TestPeer... holders) throws InterruptedException {
    for (TestPeer holder : holders) {
      assertThat(holder.tracker.awaitPinned(pin.cid(), SOON)).isTrue();
    }
  }

  /** A block that the first peer's node has, not pinned. */
  private Cid stored(String text) {
    Block block = TestDag.raw(text);
    first.store.put(List.of(block));
    return block.cid();
  }

  private static PinOptions replicated(int copies) {
    return PinOptions.NONE.withReplication(copies, copies);
  }
}
