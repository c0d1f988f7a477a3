package io.ecluster.service.observe;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.libp2p.pubsub.GossipsubStats;
import io.ecluster.service.observe.Sampled.Sample;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the parts of a peer know of themselves, asked when somebody looks; and the census. */
final class PeerMetrics {
  private final Registry registry;
  private final Metrics.Sources sources;
  private final Supplier<Optional<Census.Count>> census;

  /** Statuses that the tracker's operations have, not the pinset. */
  private static final List<TrackerStatus> OF_OPERATIONS =
      List.of(
          TrackerStatus.PIN_QUEUED,
          TrackerStatus.PINNING,
          TrackerStatus.PIN_ERROR,
          TrackerStatus.UNPIN_QUEUED,
          TrackerStatus.UNPINNING,
          TrackerStatus.UNPIN_ERROR);

  private static final List<TrackerStatus> OF_PINSET =
      List.of(
          TrackerStatus.PINNED,
          TrackerStatus.REMOTE,
          TrackerStatus.SHARDED,
          TrackerStatus.UNEXPECTEDLY_UNPINNED,
          TrackerStatus.CLUSTER_ERROR);

  private PeerMetrics(
      Registry registry, Metrics.Sources sources, Supplier<Optional<Census.Count>> census) {
    this.registry = registry;
    this.sources = sources;
    this.census = census;
  }

  static void register(
      Registry registry, Metrics.Sources sources, Supplier<Optional<Census.Count>> census) {
    PeerMetrics metrics = new PeerMetrics(registry, sources, census);
    metrics.pins();
    metrics.operations();
    metrics.consensus();
    metrics.gossip();
    metrics.refusals();
    registry.gauge(
        "peers_live",
        "Members whose ping has not run out, this one included",
        () -> sources.peers().live().size());
  }

  private void pins() {
    counted("pins", "Total number of cluster pins", c -> Stream.of(Sample.of(c.pins())));
    counted(
        "pins_by_type",
        "Cluster pins by type",
        c -> c.byType().entrySet().stream().map(e -> Sample.of(e.getValue(), e.getKey().text())),
        "type");
    counted(
        "erasure_groups",
        "Coded groups by margin: how many more of their shards may be lost, going by which"
            + " holders are there; below zero they cannot be decoded",
        c ->
            c.groupsByMargin().entrySet().stream()
                .map(e -> Sample.of(e.getValue(), e.getKey().toString())),
        "margin");
    counted(
        "pin_census_duration_seconds",
        "How long the last count of the pinset took",
        c -> Stream.of(Sample.of(c.took().toNanos() / 1e9)));
  }

  /** Of the last census; nothing before the first. */
  private void counted(
      String name, String help, Function<Census.Count, Stream<Sample>> samples, String... labels) {
    registry.gauges(name, help, () -> census.get().stream().flatMap(samples).toList(), labels);
  }

  private void operations() {
    operation("pins_pin_queued", "pins queued for pinning", TrackerStatus.PIN_QUEUED);
    operation("pins_pinning", "pins currently pinning", TrackerStatus.PINNING);
    operation("pins_pin_error", "pins in pin_error state", TrackerStatus.PIN_ERROR);
    registry.gauge(
        "pin_queue_size", "Pins that wait for a worker", sources.tracker()::pinQueueSize);
    registry.gauges(
        "pins_by_status",
        "Pins by what this peer says of them; operations at once, others as last counted",
        this::byStatus,
        "status");
  }

  private void operation(String name, String what, TrackerStatus status) {
    registry.gauge(
        name,
        "Current number of " + what,
        () -> sources.tracker().operationCounts().getOrDefault(status, 0));
  }

  private List<Sample> byStatus() {
    Map<TrackerStatus, Long> counts = new EnumMap<>(TrackerStatus.class);
    Map<TrackerStatus, Integer> operations = sources.tracker().operationCounts();
    OF_OPERATIONS.forEach(s -> counts.put(s, (long) operations.getOrDefault(s, 0)));
    census
        .get()
        .ifPresent(c -> OF_PINSET.forEach(s -> counts.put(s, c.byStatus().getOrDefault(s, 0L))));
    List<Sample> samples = new ArrayList<>();
    counts.forEach((status, count) -> samples.add(Sample.of(count, status.text())));
    return samples;
  }

  private void consensus() {
    Consensus consensus = sources.consensus();
    registry.gauge("crdt_heads", "Heads of the CRDT", () -> consensus.heads().cids().size());
    registry.gauge(
        "crdt_max_height",
        "Greatest height of a head",
        () -> (double) consensus.heads().maxHeight());
    registry.gauge(
        "crdt_dirty",
        "1 while blocks are missing or damaged",
        () -> consensus.heads().dirty() ? 1 : 0);
    registry.gauges(
        "crdt_unprocessed_blocks",
        "Blocks that are still to come: fetching, or stuck since no connected peer gave them",
        () ->
            List.of(
                Sample.of(consensus.progress().fetching(), "fetching"),
                Sample.of(consensus.progress().stuck(), "stuck")),
        "state");
  }

  private void gossip() {
    registry.counted(
        "gossip_messages_total",
        "Messages of pubsub, by what became of them",
        () -> messages(sources.gossip().get()),
        "result");
    registry.counted(
        "gossip_frames_total",
        "Frames of pubsub: in, out, and dropped for a peer that is too slow",
        () -> frames(sources.gossip().get()),
        "direction");
  }

  private void refusals() {
    registry.counted(
        "refused_total",
        "What was refused of what other peers sent, by protocol and reason",
        this::refused,
        "protocol",
        "reason");
  }

  private List<Sample> refused() {
    List<Sample> samples = new ArrayList<>();
    sources
        .refused()
        .forEach((protocol, refusals) ->
            refusals
                .all()
                .forEach(
                    (reason, count) -> samples.add(Sample.of(count, protocol, reason.text()))));
    return samples;
  }

  private static List<Sample> messages(GossipsubStats stats) {
    return List.of(
        Sample.of(stats.published(), "published"),
        Sample.of(stats.delivered(), "delivered"),
        Sample.of(stats.duplicates(), "duplicate"),
        Sample.of(stats.invalid(), "invalid"),
        Sample.of(stats.refused(), "refused"),
        Sample.of(stats.droppedDeliveries(), "dropped"));
  }

  private static List<Sample> frames(GossipsubStats stats) {
    return List.of(
        Sample.of(stats.receivedFrames(), "in"),
        Sample.of(stats.sentFrames(), "out"),
        Sample.of(stats.droppedFrames(), "dropped"));
  }
}
