package io.ecluster.core.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.ipfs.FakeIpfsNetwork;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class StatelessTrackerTest {
  private static final PeerId SELF = PeerId.ofPublicKey(new byte[] {1});
  private static final PeerId OTHER = PeerId.ofPublicKey(new byte[] {2});
  private static final Duration LONG = Duration.ofSeconds(20);

  private final FakeIpfsNetwork network = new FakeIpfsNetwork();
  private final FakeIpfsNode store = network.node(1);
  private final FakeIpfsNode source = network.node(2);
  private final GatedIpfsNode node = new GatedIpfsNode(store);
  private final MapPinState state = new MapPinState();
  private final TestTime time = new TestTime();
  private final Identity identity =
      new Identity(SELF, "me", Optional.of(store.id().id()), store.id().addresses());
  private StatelessTracker tracker = tracker(TrackerSettings.DEFAULTS);

  @AfterEach
  void stop() {
    tracker.close();
    assertThat(node.overlaps()).isEmpty();
  }

  @Test
  void pinsWhatIsAllocatedHere() throws InterruptedException {
    tracker.start();
    Pin pin = announced("a", SELF, OTHER);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    assertThat(store.pinned()).containsEntry(pin.cid(), PinMode.RECURSIVE);
  }

  @Test
  void pinsWhatIsHeldEverywhereAndClusterDags() throws InterruptedException {
    tracker.start();
    Pin everywhere = announced("a");
    Pin dag = announce(withType(pin("dag"), PinType.CLUSTER_DAG));
    Pin shard = announce(withType(pin("shard", SELF), PinType.SHARD));
    for (Pin pin : List.of(everywhere, dag, shard)) {
      assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
      assertThat(tracker.status(pin.cid()).status()).isEqualTo(TrackerStatus.PINNED);
    }
  }

  @Test
  void leavesMetaPinsAlone() throws InterruptedException {
    tracker.start();
    Pin meta = announce(withType(pin("meta"), PinType.META));
    assertThat(tracker.await(meta.cid(), LONG).status()).isEqualTo(TrackerStatus.SHARDED);
    assertThat(node.log()).isEmpty();
  }

  @Test
  void pinsDirectly() throws InterruptedException {
    tracker.start();
    Pin pin = pin("a", SELF);
    Pin direct =
        new Pin(
            pin.cid(),
            PinType.DATA,
            pin.allocations(),
            Pin.DIRECT,
            Optional.empty(),
            pin.options(),
            pin.timestamp());
    announce(direct);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    assertThat(store.pinned()).containsEntry(pin.cid(), PinMode.DIRECT);
  }

  @Test
  void letsGoOfWhatMovesToAnother() throws InterruptedException {
    tracker.start();
    Pin pin = announced("a", SELF);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    announce(pin.withAllocations(List.of(OTHER)));
    Eventually.until("unpinned", () -> store.pinned().isEmpty());
    assertThat(tracker.status(pin.cid()).status()).isEqualTo(TrackerStatus.REMOTE);
  }

  @Test
  void unpinsWhatIsRemoved() throws InterruptedException {
    tracker.start();
    Pin pin = announced("a", SELF);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    removed(pin.cid());
    Eventually.until("unpinned", () -> store.pinned().isEmpty());
    Eventually.until(
        "forgotten", () -> tracker.status(pin.cid()).status() == TrackerStatus.UNPINNED);
  }

  @Test
  void keepsAPinOfWhichAnotherInstanceSurvives() throws InterruptedException {
    tracker.start();
    Pin pin = announced("a", SELF);
    tracker.unpinned(pin.cid());
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    assertThat(node.log()).doesNotContain("unpin " + pin.cid());
  }

  @Test
  void interruptsAPinThatIsRevoked() {
    tracker.start();
    Pin pin = shut("a");
    announce(pin);
    Eventually.until("pinning", () -> node.isBusy(pin.cid()));
    assertThat(tracker.status(pin.cid()).status()).isEqualTo(TrackerStatus.PINNING);
    removed(pin.cid());
    Eventually.until("unpinned", () -> node.log().contains("unpin " + pin.cid()));
    assertThat(store.pinned()).isEmpty();
  }

  @Test
  void showsWhatWaits() {
    Pin pin = announced("a", SELF);
    removed(announced("b", SELF).cid());
    assertThat(tracker.status(pin.cid()).status()).isEqualTo(TrackerStatus.PIN_QUEUED);
    assertThat(tracker.status(pin.cid()).priority()).isTrue();
    assertThat(statuses(TrackerStatus.QUEUED_BITS).values())
        .containsExactlyInAnyOrder(TrackerStatus.PIN_QUEUED, TrackerStatus.UNPIN_QUEUED);
    assertThat(tracker.pinQueueSize()).isPositive();
  }

  @Test
  void pinsAtMostAsManyAtOnceAsItHasWorkers() {
    tracker.close();
    tracker = tracker(new TrackerSettings(3, 1, 1000, Duration.ofHours(24), 5));
    tracker.start();
    List<Pin> pins = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pins.add(announce(shut("p" + i)));
    }
    Eventually.until("three at work", () -> node.busyCount() == 3);
    assertThat(tracker.pinQueueSize()).isEqualTo(5);
    pins.forEach(pin -> node.open(pin.cid()));
    Eventually.until("all pinned", () -> store.pinned().size() == 8);
  }

  @Test
  void urgentPinsGoFirst() {
    tracker.close();
    tracker = tracker(new TrackerSettings(1, 1, 1000, Duration.ofHours(24), 5));
    Pin old = announce(pin("old", SELF).withTimestamp(time.instant().minus(Duration.ofDays(9))));
    Pin young = announced("young", SELF);
    tracker.start();
    Eventually.until("both pinned", () -> store.pinned().size() == 2);
    assertThat(node.log()).containsExactly("pin " + young.cid(), "pin " + old.cid());
  }

  @Test
  void failsWhatFindsNoPlaceInTheQueue() {
    tracker.close();
    tracker = tracker(new TrackerSettings(1, 1, 2, Duration.ofHours(24), 5));
    announced("a", SELF);
    announced("b", SELF);
    Pin third = announced("c", SELF);
    assertThat(tracker.status(third.cid()).status()).isEqualTo(TrackerStatus.PIN_ERROR);
    assertThat(tracker.status(third.cid()).error()).startsWith("pin operation queue is full");
  }

  @Test
  void recoversWhatFailed() throws InterruptedException {
    tracker.start();
    Pin pin = pin("a", SELF);
    source.online(false);
    announce(pin);
    PinInfo failed = tracker.await(pin.cid(), LONG);
    assertThat(failed.status()).isEqualTo(TrackerStatus.PIN_ERROR);
    assertThat(failed.error()).contains("is on no node");
    assertThat(failed.attempts()).isEqualTo(1);
    source.online(true);
    tracker.recover(pin.cid());
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
  }

  @Test
  void recoversAllThatFailedOrWasLostAndTellsOfNothingElse() throws InterruptedException {
    tracker.start();
    Pin fine = announced("fine", SELF);
    Pin lost = announced("lost", SELF);
    assertThat(tracker.awaitPinned(fine.cid(), LONG)).isTrue();
    assertThat(tracker.awaitPinned(lost.cid(), LONG)).isTrue();
    store.unpin(lost.cid());
    assertThat(tracker.status(lost.cid()).status()).isEqualTo(TrackerStatus.UNEXPECTEDLY_UNPINNED);
    assertThat(tracker.status(lost.cid()).error())
        .isEqualTo("the item should be pinned but it is not");
    List<Cid> told = new ArrayList<>();
    tracker.recoverAll(info -> told.add(info.cid()));
    assertThat(told).containsExactly(lost.cid());
    assertThat(tracker.awaitPinned(lost.cid(), LONG)).isTrue();
  }

  @Test
  void recoveryLetsGoOfWhatItShouldHaveLetGoOfBefore() {
    Pin pin = pin("a", OTHER);
    store.pin(pin.cid(), PinMode.RECURSIVE, List.of());
    state.put(pin);
    tracker.start();
    tracker.recoverAll(_ -> {});
    Eventually.until("unpinned", () -> store.pinned().isEmpty());
  }

  @Test
  void retriesAnUnpinThatFailed() throws InterruptedException {
    tracker.start();
    Pin pin = announced("a", SELF);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    store.failWith("down");
    removed(pin.cid());
    Eventually.until(
        "failed", () -> tracker.status(pin.cid()).status() == TrackerStatus.UNPIN_ERROR);
    store.heal();
    tracker.recover(pin.cid());
    Eventually.until("unpinned", () -> store.pinned().isEmpty());
  }

  @Test
  void recoverLeavesAloneWhatIsFine() throws InterruptedException {
    tracker.start();
    Pin pin = announced("a", SELF);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
    assertThat(tracker.recover(pin.cid()).status()).isEqualTo(TrackerStatus.PINNED);
    assertThat(node.log()).hasSize(1);
  }

  @Test
  void statusOfAllIsThatOfEach() throws InterruptedException {
    tracker.start();
    Pin mine = announced("mine", SELF);
    Pin remote = announced("remote", OTHER);
    Pin meta = announce(withType(pin("meta"), PinType.META));
    assertThat(tracker.awaitPinned(mine.cid(), LONG)).isTrue();
    Eventually.until("idle", () -> node.log().size() == 2);
    Eventually.until("settled", () -> !statuses(0).containsValue(TrackerStatus.PINNING));
    assertThat(statuses(0))
        .isEqualTo(
            Map.of(
                mine.cid(), TrackerStatus.PINNED,
                remote.cid(), TrackerStatus.REMOTE,
                meta.cid(), TrackerStatus.SHARDED));
    assertThat(statuses(TrackerStatus.REMOTE.bit())).containsOnlyKeys(remote.cid());
    assertThat(statuses(TrackerStatus.ERROR_BITS)).isEmpty();
  }

  @Test
  void asksIpfsOnlyForWhatOnlyIpfsKnows() {
    announced("a", SELF);
    store.failWith("down");
    assertThat(statuses(TrackerStatus.QUEUED_BITS)).hasSize(1);
    assertThat(statuses(TrackerStatus.REMOTE.bit())).isEmpty();
    assertThatThrownBy(() -> statuses(0)).isInstanceOf(IpfsException.class);
  }

  @Test
  void saysThatIpfsIsDownRatherThanThatAPinIsLost() {
    Pin pin = pin("a", SELF);
    state.put(pin);
    store.failWith("down");
    PinInfo info = tracker.status(pin.cid());
    assertThat(info.status()).isEqualTo(TrackerStatus.CLUSTER_ERROR);
    assertThat(info.error()).isEqualTo("down");
  }

  @Test
  void tellsWhoItIsWithEveryStatus() {
    Pin pin = announced("a", SELF);
    PinInfo info = tracker.status(pin.cid());
    assertThat(info.peer()).isEqualTo(SELF);
    assertThat(info.peerName()).isEqualTo("me");
    assertThat(info.ipfsId()).contains(store.id().id());
    assertThat(info.name()).isEqualTo("a");
    assertThat(info.created()).isEqualTo(pin.timestamp());
    assertThat(info.allocations()).containsExactly(SELF);
  }

  @Test
  void awaitsAPinThatIsAnnouncedLater() throws Exception {
    tracker.start();
    Pin pin = pin("late", SELF);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting = threads.submit(() -> tracker.awaitPinned(pin.cid(), LONG));
      announce(pin);
      assertThat(waiting.get()).isTrue();
    }
  }

  @Test
  void awaitingEndsWithTheTimeOrAFailure() throws InterruptedException {
    tracker.start();
    Cid unknown = TestDag.raw("unknown").cid();
    assertThat(tracker.await(unknown, Duration.ofMillis(20)).status())
        .isEqualTo(TrackerStatus.UNPINNED);
    Pin pin = pin("a", SELF);
    source.online(false);
    announce(pin);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isFalse();
  }

  @Test
  void awaitingPinsAnewWhatWasLost() throws InterruptedException {
    tracker.start();
    Pin pin = pin("a", SELF);
    state.put(pin);
    assertThat(tracker.awaitPinned(pin.cid(), LONG)).isTrue();
  }

  @Test
  void closingStopsWorkersInTheMiddleOfAPin() {
    tracker.start();
    Pin pin = shut("a");
    announce(pin);
    Eventually.until("pinning", () -> node.isBusy(pin.cid()));
    tracker.close();
    assertThat(node.busyCount()).isZero();
  }

  /** Many wishes about few CIDs from several threads; in the end IPFS is as the pinset says. */
  @RepeatedTest(5)
  void convergesToThePinset(RepetitionInfo repetition) throws Exception {
    tracker.start();
    long seed = repetition.getCurrentRepetition();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        Random random = new Random(seed * 100 + i);
        Pin pin = pin("cid " + i, SELF);
        threads.submit(() -> churn(pin, random));
      }
    }
    Eventually.until(
        () -> "seed " + seed + ": " + store.pinned() + " but wanted " + wanted(),
        () -> store.pinned().keySet().equals(wanted()));
  }

  private java.util.Set<Cid> wanted() {
    return state
        .list()
        .filter(pin -> pin.allocatedTo(SELF))
        .map(Pin::cid)
        .collect(java.util.stream.Collectors.toSet());
  }

  private void churn(Pin pin, Random random) {
    for (int i = 0; i < 100; i++) {
      switch (random.nextInt(3)) {
        case 0 -> announce(pin);
        case 1 -> announce(pin.withAllocations(List.of(OTHER)));
        default -> removed(pin.cid());
      }
    }
  }

  private StatelessTracker tracker(TrackerSettings settings) {
    return new StatelessTracker(node, () -> state, () -> identity, settings, time);
  }

  private Pin announced(String text, PeerId... holders) {
    return announce(pin(text, holders));
  }

  private Pin announce(Pin pin) {
    state.put(pin);
    tracker.pinned(pin);
    return pin;
  }

  private void removed(Cid cid) {
    state.remove(cid);
    tracker.unpinned(cid);
  }

  private Pin shut(String text) {
    Pin pin = pin(text, SELF);
    node.shut(pin.cid());
    return pin;
  }

  /** A pin of a block that the other node has; on all peers if no holder is given. */
  private Pin pin(String text, PeerId... holders) {
    Block block = TestDag.raw(text.getBytes(StandardCharsets.UTF_8));
    source.put(List.of(block));
    int factor = holders.length == 0 ? -1 : holders.length;
    PinOptions options = PinOptions.NONE.withName(text).withReplication(factor, factor);
    return Pin.of(block.cid(), options)
        .withAllocations(List.of(holders))
        .withTimestamp(time.instant());
  }

  private static Pin withType(Pin pin, PinType type) {
    return new Pin(
        pin.cid(),
        type,
        pin.allocations(),
        pin.maxDepth(),
        Optional.of(pin.cid()),
        pin.options(),
        pin.timestamp());
  }

  private Map<Cid, TrackerStatus> statuses(int filter) {
    Map<Cid, TrackerStatus> all = new HashMap<>();
    tracker.statusAll(
        filter, info -> assertThat(all.put(info.cid(), info.status())).as("told twice").isNull());
    return all;
  }
}
