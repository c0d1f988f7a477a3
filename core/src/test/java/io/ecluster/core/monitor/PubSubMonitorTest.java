package io.ecluster.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.rpc.MetricMessages;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PubSubMonitorTest {
  private static final PeerId SELF = peer(1);
  private static final PeerId OTHER = peer(2);
  private static final Duration TTL = Duration.ofSeconds(30);

  private final ManualClock clock = new ManualClock();
  private final FakePubSub pubsub = new FakePubSub();
  private final MetricMessages format = new MetricMessages();

  /** Checks are made by the tests. */
  private final MonitorSettings settings = new MonitorSettings(Duration.ofDays(1), true);

  private final PubSubMonitor monitor = new PubSubMonitor(pubsub, format, settings, clock);

  @AfterEach
  void closeMonitor() {
    monitor.close();
  }

  private static PeerId peer(int seed) {
    return FakeNetwork.identity(seed).id();
  }

  private Metric ping(PeerId peer) {
    return metric("ping", peer, clock.instant().plus(TTL), true);
  }

  private Metric metric(String name, PeerId peer, Instant expire, boolean valid) {
    return new Metric(name, peer, "7", expire, valid, 7, false, Instant.EPOCH);
  }

  private void receive(Metric metric) {
    assertThat(pubsub.deliver(metric.peer(), PubSubMonitor.TOPIC, format.encode(metric))).isTrue();
  }

  private List<PeerId> alive() {
    return monitor.latest("ping").stream().map(Metric::peer).toList();
  }

  @Test
  void aPeerLivesUntilItsPingRunsOut() {
    receive(ping(OTHER));
    clock.advance(TTL.minusNanos(1));
    assertThat(alive()).containsExactly(OTHER);
    clock.advance(Duration.ofNanos(1));
    assertThat(alive()).isEmpty();
  }

  @Test
  void peersAreSortedByTheirBytes() {
    List<PeerId> peers = new ArrayList<>();
    for (int seed = 1; seed <= 20; seed++) {
      receive(ping(peer(seed)));
      peers.add(peer(seed));
    }
    assertThat(alive()).isEqualTo(peers.stream().sorted().toList());
  }

  @Test
  void theNewestMetricCounts() {
    receive(ping(OTHER));
    receive(metric("ping", OTHER, clock.instant().plus(TTL), false));
    assertThat(alive()).isEmpty();
    receive(ping(OTHER));
    assertThat(alive()).containsExactly(OTHER);
  }

  @Test
  void whatIsReceivedIsStampedHere() {
    receive(ping(OTHER));
    assertThat(monitor.latest("ping").getFirst().receivedAt()).isEqualTo(clock.instant());
  }

  @Test
  void whatIsPublishedIsSentAndKept() throws IOException {
    monitor.publish(ping(SELF));
    assertThat(alive()).containsExactly(SELF);
    assertThat(pubsub.published()).hasSize(1);
    assertThat(format.decode(pubsub.published().getFirst())).isEqualTo(ping(SELF));
  }

  @Test
  void whatIsInvalidOrExpiredIsNotSent() {
    monitor.publish(metric("freespace", SELF, clock.instant().plus(TTL), false));
    monitor.publish(metric("freespace", SELF, clock.instant(), true));
    assertThat(pubsub.published()).isEmpty();
  }

  @Test
  void nobodySpeaksForAnother() {
    byte[] forged = format.encode(ping(OTHER));
    pubsub.deliver(peer(3), PubSubMonitor.TOPIC, forged);
    assertThat(alive()).isEmpty();
  }

  @Test
  void unlessTheSettingsSaySo() {
    FakePubSub open = new FakePubSub();
    MonitorSettings lax = new MonitorSettings(Duration.ofDays(1), false);
    try (PubSubMonitor asGo = new PubSubMonitor(open, format, lax, clock)) {
      open.deliver(peer(3), PubSubMonitor.TOPIC, format.encode(ping(OTHER)));
      assertThat(asGo.latest("ping")).hasSize(1);
    }
  }

  @Test
  void anExpiredMetricIsToldOfOnce() {
    List<Monitor.Alert> heard = new ArrayList<>();
    monitor.onAlert(heard::add);
    receive(ping(OTHER));
    monitor.check();
    assertThat(monitor.alerts()).isEmpty();
    clock.advance(TTL);
    monitor.check();
    monitor.check();
    assertThat(monitor.alerts()).hasSize(1).isEqualTo(heard);
    assertThat(heard.getFirst().metric().peer()).isEqualTo(OTHER);
    assertThat(heard.getFirst().triggeredAt()).isEqualTo(clock.instant());
  }

  @Test
  void aPeerThatComesBackCanBeToldOfAgain() {
    for (int i = 0; i < 3; i++) {
      receive(ping(OTHER));
      clock.advance(TTL);
      monitor.check();
    }
    assertThat(monitor.alerts()).hasSize(3);
  }

  @Test
  void aPeerThatStaysAwayIsForgotten() {
    receive(ping(OTHER));
    clock.advance(TTL);
    for (int i = 0; i <= MetricStore.FORGET_AFTER_CHECKS; i++) {
      monitor.check();
    }
    assertThat(monitor.names()).isEmpty();
    assertThat(monitor.alerts()).hasSize(1);
  }

  @Test
  void alertsAreNotKeptForEver() {
    for (int i = 0; i < PubSubMonitor.MAX_ALERTS + 10; i++) {
      receive(ping(OTHER));
      clock.advance(TTL);
      monitor.check();
    }
    assertThat(monitor.alerts()).hasSize(PubSubMonitor.MAX_ALERTS);
  }

  @Test
  void aPeerFoundDeadIsGoneAtOnceAndStaysSoForItsOldWords() {
    Metric old = ping(OTHER);
    receive(old);
    monitor.forget(OTHER);
    assertThat(alive()).isEmpty();
    receive(old);
    assertThat(alive()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    receive(ping(OTHER));
    assertThat(alive()).containsExactly(OTHER);
  }

  @Test
  void aPeerFoundDeadIsToldOf() {
    receive(ping(OTHER));
    monitor.forget(OTHER);
    monitor.check();
    assertThat(monitor.alerts()).hasSize(1);
  }

  @Test
  void tellsOfPeersThatCome() {
    List<PeerId> heard = new ArrayList<>();
    monitor.onNewPeer(heard::add);
    receive(ping(OTHER));
    receive(ping(OTHER));
    clock.advance(TTL);
    receive(ping(OTHER));
    assertThat(heard).containsExactly(OTHER, OTHER);
  }

  @Test
  void aMetricThatWouldLiveForEverIsDropped() {
    receive(metric("ping", OTHER, clock.instant().plus(Duration.ofDays(400)), true));
    assertThat(alive()).isEmpty();
  }

  @Test
  void namesAreBounded() {
    receive(metric("n".repeat(PubSubMonitor.MAX_NAME_CHARS + 1), OTHER, clock.instant(), true));
    assertThat(monitor.names()).isEmpty();
  }

  @Test
  void aHugeMessageIsNotEvenForwarded() {
    byte[] huge = new byte[PubSubMonitor.MAX_MESSAGE_BYTES + 1];
    assertThat(pubsub.deliver(OTHER, PubSubMonitor.TOPIC, huge)).isFalse();
  }

  @Test
  void aFloodOfNamesLeavesRoomOnceItHasExpired() {
    Instant soon = clock.instant().plus(TTL);
    for (int i = 0; i < MetricStore.MAX_SERIES + 100; i++) {
      PeerId author = FakeNetwork.identity(1000 + i / MetricStore.MAX_SERIES_PER_PEER).id();
      receive(metric("name" + i, author, soon, true));
    }
    assertThat(monitor.names()).hasSize(MetricStore.MAX_SERIES);
    assertThat(monitor.refusals().of(Refusals.Reason.TOO_MANY)).isEqualTo(100);
    clock.advance(TTL);
    receive(ping(SELF));
    assertThat(alive()).containsExactly(SELF);
  }

  @Test
  void aPeerDoesNotTakeTheRoomOfOthers() {
    Instant soon = clock.instant().plus(TTL);
    for (int i = 0; i < MetricStore.MAX_SERIES; i++) {
      receive(metric("name" + i, OTHER, soon, true));
    }
    receive(ping(SELF));
    assertThat(monitor.names()).hasSize(MetricStore.MAX_SERIES_PER_PEER + 1);
    assertThat(alive()).containsExactly(SELF);
    clock.advance(TTL);
    receive(ping(OTHER));
    assertThat(alive()).containsExactly(OTHER);
  }

  @Test
  void whatIsDroppedIsCounted() {
    byte[] huge = new byte[PubSubMonitor.MAX_MESSAGE_BYTES + 1];
    pubsub.deliver(OTHER, PubSubMonitor.TOPIC, huge);
    pubsub.deliver(OTHER, PubSubMonitor.TOPIC, new byte[] {1});
    pubsub.deliver(SELF, PubSubMonitor.TOPIC, format.encode(ping(OTHER)));
    assertThat(monitor.refusals().all())
        .isEqualTo(
            Map.of(
                Refusals.Reason.OVERSIZED, 1L,
                Refusals.Reason.MALFORMED, 1L,
                Refusals.Reason.FORGED, 1L));
  }

  @Test
  void changedMetricsDoNoHarm() {
    FrameMutator metrics =
        FrameMutator.of(List.of(format.encode(ping(OTHER)), format.encode(ping(SELF))));
    metrics.runBounded(20_000, bytes -> pubsub.deliver(OTHER, PubSubMonitor.TOPIC, bytes));
    receive(ping(OTHER));
    assertThat(alive()).as(metrics::describe).containsExactly(OTHER);
  }

  @Test
  void understandsWhatGoPublishes() throws IOException {
    String data =
        Vectors.load("gossipsub")
            .named("deterministic metric publish")
            .node()
            .at("/meaning/publish/0/data")
            .asString();
    byte[] message = HexFormat.of().parseHex(data);
    Metric metric = format.decode(message);
    assertThat(metric.name()).isEqualTo("ping");
    assertThat(PingValue.parse(metric.value()).peerName()).isEqualTo("peer1");
    assertThat(format.encode(metric)).isEqualTo(message);
  }

  @Test
  void understandsTheOldPrefix() throws IOException {
    byte[] plain = format.encode(ping(OTHER));
    byte[] old = HexFormat.of().parseHex("092f6d73677061636b0a" + HexFormat.of().formatHex(plain));
    assertThat(format.decode(old)).isEqualTo(format.decode(plain));
  }
}
