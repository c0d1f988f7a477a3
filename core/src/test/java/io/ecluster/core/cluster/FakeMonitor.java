package io.ecluster.core.cluster;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.monitor.PingValue;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Metrics that all peers of a test see at once. */
public final class FakeMonitor implements Monitor {
  private final Map<String, Map<PeerId, Metric>> metrics = new ConcurrentHashMap<>();
  private final List<Alert> alerts = new CopyOnWriteArrayList<>();
  private final InstantSource clock;

  public FakeMonitor(InstantSource clock) {
    this.clock = clock;
  }

  /** A peer pings, and says how much is free and to which group it belongs. */
  public void alive(PeerId peer, long freeBytes, String group) {
    record(metric(Metric.PING, peer, "{}", 0, false));
    record(metric(Metric.FREESPACE, peer, Long.toString(freeBytes), freeBytes, false));
    record(metric("tag:group", peer, group, 0, true));
  }

  /** A peer pings with a name. */
  public void name(PeerId peer, String name) {
    String value = new PingValue(name, Optional.empty(), List.of()).toJson();
    record(metric(Metric.PING, peer, value, 0, false));
  }

  private static Metric metric(
      String name, PeerId peer, String value, long weight, boolean partitionable) {
    return new Metric(name, peer, value, Instant.MAX, true, weight, partitionable, Instant.EPOCH);
  }

  /** Its ping ran out. */
  public void dead(PeerId peer) {
    forget(peer);
    Metric ping = metric(Metric.PING, peer, "{}", 0, false);
    alerts.add(new Alert(ping, clock.instant()));
  }

  @Override
  public List<Metric> latest(String name) {
    return metrics.getOrDefault(name, Map.of()).values().stream()
        .filter(metric -> metric.liveAt(clock.instant()))
        .sorted(Comparator.comparing(Metric::peer))
        .toList();
  }

  @Override
  public Set<String> names() {
    return Set.copyOf(metrics.keySet());
  }

  @Override
  public void publish(Metric metric) {
    record(metric);
  }

  @Override
  public void record(Metric metric) {
    metrics
        .computeIfAbsent(metric.name(), _ -> new ConcurrentHashMap<>())
        .put(metric.peer(), metric);
  }

  @Override
  public void forget(PeerId peer) {
    metrics.values().forEach(byPeer -> byPeer.remove(peer));
  }

  @Override
  public List<Alert> alerts() {
    return List.copyOf(alerts);
  }

  @Override
  public void close() {}
}
