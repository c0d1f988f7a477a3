package io.ecluster.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.monitor.Informer.Reading;
import io.ecluster.core.rpc.MetricMessages;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricPublisherTest {
  private static final PeerId SELF = FakeNetwork.identity(1).id();
  private static final Duration TTL = Duration.ofSeconds(30);

  private final ManualClock clock = new ManualClock();
  private final FakePubSub pubsub = new FakePubSub();
  private final MetricMessages format = new MetricMessages();
  private final PubSubMonitor monitor =
      new PubSubMonitor(pubsub, format, MonitorSettings.STANDARD, clock);

  @AfterEach
  void closeMonitor() {
    monitor.close();
  }

  private MetricPublisher publisher(Informer... informers) {
    return new MetricPublisher(monitor, pubsub, SELF, List.of(informers), clock);
  }

  private Metric published(Informer informer) {
    var _ = publisher(informer).publish(informer);
    return monitor.latest(informer.readings().get().getFirst().name()).getFirst();
  }

  @Test
  void sendsAfterHalfTheLifetimeAndSoonerAfterAFailure() {
    Informer good = Informer.freeSpace(() -> 5);
    Informer bad =
        Informer.freeSpace(() -> {
          throw new IllegalStateException("IPFS is down");
        });
    assertThat(publisher().publish(good)).isEqualTo(TTL.dividedBy(2));
    assertThat(publisher().publish(bad)).isEqualTo(TTL.dividedBy(4));
  }

  @Test
  void freeSpaceWeighsWhatItSays() {
    Metric metric = published(Informer.freeSpace(() -> 1_000_000));
    assertThat(metric.value()).isEqualTo("1000000");
    assertThat(metric.weight()).isEqualTo(1_000_000);
    assertThat(metric.expire()).isEqualTo(clock.instant().plus(TTL));
    assertThat(metric.partitionable()).isFalse();
  }

  @Test
  void aFullDiskIsNotTold() {
    Informer full = Informer.freeSpace(() -> 0);
    var _ = publisher(full).publish(full);
    assertThat(pubsub.published()).isEmpty();
  }

  @Test
  void aFullRepoWeighsLess() {
    assertThat(published(Informer.repoSize(TTL, () -> 9)).weight()).isEqualTo(-9);
  }

  @Test
  void aQueueWeighsByTheHundredThousand() {
    Metric metric = published(Informer.pinQueue(TTL, () -> 250_000, 100_000));
    assertThat(metric.weight()).isEqualTo(-2);
    assertThat(metric.value()).isEqualTo("250000");
  }

  @Test
  void tagsArePartitions() {
    Informer tags = Informer.tags(TTL, new TreeMap<>(Map.of("group", "default", "region", "eu")));
    var _ = publisher(tags).publish(tags);
    Metric region = monitor.latest("tag:region").getFirst();
    assertThat(region.value()).isEqualTo("eu");
    assertThat(region.partitionable()).isTrue();
    assertThat(monitor.names()).containsExactly("tag:group", "tag:region");
  }

  @Test
  void aPingLivesForTwoIntervals() {
    Informer ping = Informer.ping(Duration.ofSeconds(15), () -> PingValue.NONE);
    assertThat(publisher().publish(ping)).isEqualTo(Duration.ofSeconds(15));
    assertThat(monitor.latest("ping").getFirst().expire()).isEqualTo(clock.instant().plus(TTL));
  }

  @Test
  void sendsAtOnceAndAgainWhenAPeerJoins() throws IOException {
    Informer tag =
        new Informer(
            "tag", Duration.ofHours(1), () -> List.of(new Reading("tag:a", "b", 0, true, true)));
    try (MetricPublisher publisher = publisher(tag)) {
      publisher.start();
      Eventually.until("the first is sent", () -> pubsub.published().size() == 1);
      pubsub.peerJoins("another topic");
      pubsub.peerJoins(PubSubMonitor.TOPIC);
      pubsub.peerJoins(PubSubMonitor.TOPIC);
      Eventually.until("it is sent again", () -> pubsub.published().size() == 2);
    }
    assertThat(format.decode(pubsub.published().getLast()).name()).isEqualTo("tag:a");
    assertThat(pubsub.published()).hasSize(2);
  }

  @Test
  void sendsAgainWhenItIsToldTo() {
    Informer informer = Informer.freeSpace(Duration.ofHours(1), () -> 5);
    try (MetricPublisher publisher = publisher(informer)) {
      publisher.publishSoon();
      assertThat(pubsub.published()).isEmpty();
      publisher.start();
      Eventually.until("the first is sent", () -> pubsub.published().size() == 1);
      publisher.publishSoon();
      Eventually.until("it is sent again", () -> pubsub.published().size() == 2);
    }
  }

  @Test
  void aPingTellsOnlyAddressesThatMeanTheSameToAll() {
    PingValue value =
        new PingValue(
            "peer \"one\"",
            Optional.of(SELF),
            List.of(
                Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"),
                Multiaddr.parse("/ip4/10.0.0.1/tcp/4001"),
                Multiaddr.parse("/ip6/::1/tcp/4001"),
                Multiaddr.parse("/dns4/example.org/tcp/4001")));
    assertThat(value.toJson())
        .isEqualTo(
            "{\"peer_name\":\"peer \\\"one\\\"\",\"ipfs_id\":\""
                + SELF
                + "\",\"ipfs_addresses\":[\"/ip4/10.0.0.1/tcp/4001\","
                + "\"/dns4/example.org/tcp/4001\"]}");
    PingValue read = PingValue.parse(value.toJson());
    assertThat(read.peerName()).isEqualTo("peer \"one\"");
    assertThat(read.ipfsId()).contains(SELF);
    assertThat(read.ipfsAddresses()).hasSize(2);
  }

  @Test
  void anEmptyPingIsAnEmptyObject() {
    assertThat(PingValue.NONE.toJson()).isEqualTo("{}");
  }

  @Test
  void aPingThatIsNoJsonSaysNothing() {
    for (String odd : List.of("", "7", "[]", "{", "{\"ipfs_id\":\"x\",\"ipfs_addresses\":[3]}")) {
      assertThat(PingValue.parse(odd)).as(odd).isEqualTo(PingValue.NONE);
    }
  }
}
