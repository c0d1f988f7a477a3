package io.ecluster.core.monitor;

import io.ecluster.libp2p.pubsub.PubSub;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes this peer's metrics: each at once, then after half of its lifetime, or a quarter when
 * it could not be read; and all again as soon as another peer joins the topic, which would
 * otherwise not know of us until the next round.
 */
public final class MetricPublisher implements AutoCloseable {
  /** Peers that join together are greeted together; also the time a mesh takes to form. */
  private static final Duration JOIN_PAUSE = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(MetricPublisher.class);

  private final Monitor monitor;
  private final PeerId self;
  private final InstantSource clock;
  private final PubSub pubsub;
  private final List<Informer> informers;
  private volatile List<WakeableLoop> loops = List.of();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  public MetricPublisher(
      Monitor monitor, PubSub pubsub, PeerId self, List<Informer> informers, InstantSource clock) {
    this.monitor = monitor;
    this.pubsub = pubsub;
    this.self = self;
    this.informers = List.copyOf(informers);
    this.clock = clock;
  }

  /** Begins to publish; call it once, when IPFS has answered. */
  public void start() {
    List<WakeableLoop> started =
        informers.stream()
            .map(informer ->
                WakeableLoop.start("publish-" + informer.name(), () -> publish(informer)))
            .toList();
    loops = started;
    pubsub.onPeerJoined(topic -> greet(topic, started));
  }

  /** Publishes all again now; nothing before the start. */
  public void publishSoon() {
    loops.forEach(WakeableLoop::wake);
  }

  private static void greet(String topic, List<WakeableLoop> started) {
    if (topic.equals(PubSubMonitor.TOPIC)) {
      started.forEach(loop -> loop.wakeIn(JOIN_PAUSE));
    }
  }

  /** Publishes what an informer reads; returns the pause until it is due again. */
  Duration publish(Informer informer) {
    try {
      informer.readings().get().forEach(reading -> publish(reading, informer.ttl()));
      failing.remove(informer.name());
      return informer.ttl().dividedBy(2);
    } catch (RuntimeException e) {
      if (failing.add(informer.name())) { // once, not at each try
        log.warn("Cannot publish {} for now: {}", informer.name(), e.getMessage());
      }
      log.debug("Cannot publish {}", informer.name(), e);
      return informer.ttl().dividedBy(4);
    }
  }

  private void publish(Informer.Reading reading, Duration ttl) {
    Instant now = clock.instant();
    monitor.publish(
        new Metric(
            reading.name(),
            self,
            reading.value(),
            now.plus(ttl),
            reading.valid(),
            reading.weight(),
            reading.partitionable(),
            now));
  }

  @Override
  public void close() {
    loops.forEach(WakeableLoop::close);
  }
}
