package io.ecluster.core.monitor;

import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.pubsub.PubSub;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics by publish and subscribe, as Go IPFS Cluster does it. A peer is alive while its metrics
 * have not run out; nothing else is inferred.
 */
public final class PubSubMonitor implements Monitor {
  public static final String TOPIC = "monitor.metrics";

  /** A ping with all addresses of an IPFS node is some hundreds of bytes. */
  static final int MAX_MESSAGE_BYTES = 8 << 10;

  static final int MAX_NAME_CHARS = 256;

  /** No metric of Go lives for more than minutes; one that does would keep a dead peer in. */
  static final Duration MAX_LIFE = Duration.ofDays(1);

  /** As many as Go keeps. */
  static final int MAX_ALERTS = 1000;

  private static final Logger log = LoggerFactory.getLogger(PubSubMonitor.class);

  private final PubSub pubsub;
  private final MetricFormat format;
  private final MonitorSettings settings;
  private final InstantSource clock;
  private final MetricStore store = new MetricStore();
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Alert> alerts = new ArrayDeque<>();
  private final List<Consumer<Alert>> alertListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<PeerId>> peerListeners = new CopyOnWriteArrayList<>();
  private final Refusals refused = new Refusals();
  private final WakeableLoop checks;

  /** Listens to metrics at once. */
  public PubSubMonitor(
      PubSub pubsub, MetricFormat format, MonitorSettings settings, InstantSource clock) {
    this.pubsub = pubsub;
    this.format = format;
    this.settings = settings;
    this.clock = clock;
    pubsub.subscribe(TOPIC, this::fits, this::received);
    this.checks = WakeableLoop.start("metric-checks", this::checkAndWait);
  }

  /** Metrics that were dropped, and why. */
  public Refusals refusals() {
    return refused;
  }

  private boolean fits(PubSub.Message message) {
    boolean fits = message.data().length <= MAX_MESSAGE_BYTES;
    if (!fits) {
      refused.count(Refusals.Reason.OVERSIZED);
    }
    return fits;
  }

  @Override
  public List<Metric> latest(String name) {
    return store.latest(name, clock.instant());
  }

  @Override
  public Set<String> names() {
    return store.names();
  }

  /** {@inheritDoc} Metrics that are invalid or expired are not sent, as Go has it. */
  @Override
  public void publish(Metric metric) {
    Metric stamped = stamped(metric);
    if (!stamped.liveAt(clock.instant())) {
      log.debug("not publishing {}: it is not valid", metric.name());
      return;
    }
    store.add(stamped, clock.instant());
    pubsub.publish(TOPIC, format.encode(metric));
  }

  @Override
  public void record(Metric metric) {
    add(stamped(metric));
  }

  @Override
  public void forget(PeerId peer) {
    store.refute(peer);
    checks.wake();
  }

  @Override
  public List<Alert> alerts() {
    lock.lock();
    try {
      return List.copyOf(alerts);
    } finally {
      lock.unlock();
    }
  }

  /** Calls {@code listener} for each alert from now on, one after another; it must not block. */
  public void onAlert(Consumer<Alert> listener) {
    alertListeners.add(listener);
  }

  /** Calls {@code listener} whenever a peer that was not alive pings; it must not block. */
  public void onNewPeer(Consumer<PeerId> listener) {
    peerListeners.add(listener);
  }

  @Override
  public void close() {
    checks.close();
  }

  private void received(PubSub.Message message) {
    try {
      Metric metric = format.decode(message.data());
      if (settings.authorsOnly() && !metric.peer().equals(message.from())) {
        refused.count(Refusals.Reason.FORGED);
        log.debug("metric of {} dropped: it speaks for {}", message.from(), metric.peer());
        return;
      }
      requireAcceptable(metric);
      add(stamped(metric));
    } catch (IOException e) {
      refused.count(Refusals.Reason.MALFORMED);
      log.debug("metric of {} dropped: {}", message.from(), e.getMessage());
    }
  }

  private void requireAcceptable(Metric metric) throws IOException {
    if (metric.name().isEmpty() || metric.name().length() > MAX_NAME_CHARS) {
      throw new IOException("its name has " + metric.name().length() + " characters");
    }
    if (metric.expire().isAfter(clock.instant().plus(MAX_LIFE))) {
      throw new IOException("it claims to be true until " + metric.expire());
    }
  }

  private void add(Metric metric) {
    Instant now = clock.instant();
    boolean ping = metric.name().equals(Metric.PING);
    boolean isNews = ping && !store.isLive(Metric.PING, metric.peer(), now);
    if (!store.add(metric, now)) {
      refused.count(Refusals.Reason.TOO_MANY);
      log.debug("no room for metric {} of {}", metric.name(), metric.peer());
    } else if (isNews && metric.liveAt(now)) {
      peerListeners.forEach(listener -> listener.accept(metric.peer()));
    }
  }

  private Metric stamped(Metric metric) {
    return new Metric(
        metric.name(),
        metric.peer(),
        metric.value(),
        metric.expire(),
        metric.valid(),
        metric.weight(),
        metric.partitionable(),
        clock.instant());
  }

  private Duration checkAndWait() {
    check();
    return settings.checkInterval();
  }

  /** Looks for metrics that have run out. */
  void check() {
    List<Alert> raised = store.check(clock.instant());
    raised.forEach(this::keep);
    raised.forEach(alert -> alertListeners.forEach(listener -> listener.accept(alert)));
  }

  private void keep(Alert alert) {
    lock.lock();
    try {
      alerts.add(alert);
      if (alerts.size() > MAX_ALERTS) {
        alerts.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }
}
