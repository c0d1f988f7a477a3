package io.ecluster.service.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The {@code informer} sections: which metrics a peer publishes, one section for each kind. */
public record InformerSettings(
    Optional<Disk> disk, Optional<Tags> tags, Optional<PinQueue> pinQueue) {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final int WEIGHT_BUCKET = 100_000;

  /**
   * The {@code informer.disk} section.
   *
   * @param repoSize whether what is stored is told, and not what is free
   */
  public record Disk(Duration metricTtl, boolean repoSize) {
    private static Disk read(Section s) {
      Duration ttl = ttl(s, "informer.disk");
      return switch (s.text("metric_type", "freespace")) {
        case "freespace" -> new Disk(ttl, false);
        case "reposize" -> new Disk(ttl, true);
        default ->
            throw new ConfigException("informer.disk.metric_type must be freespace or reposize");
      };
    }
  }

  /** The {@code informer.tags} section. */
  public record Tags(Duration metricTtl, Map<String, String> values) {
    private static Tags read(Section s) {
      Duration ttl = ttl(s, "informer.tags");
      Map<String, String> values = s.textMap("tags", Map.of("group", "default"));
      return new Tags(ttl, values == null ? Map.of() : values);
    }
  }

  /**
   * The {@code informer.pinqueue} section.
   *
   * @param weightBucketSize so many waiting pins make one point of difference
   */
  public record PinQueue(Duration metricTtl, int weightBucketSize) {
    private static PinQueue read(Section s) {
      Duration ttl = ttl(s, "informer.pinqueue");
      return new PinQueue(
          ttl,
          ClusterSettings.positive(
              s.integer("weight_bucket_size", WEIGHT_BUCKET),
              "informer.pinqueue.weight_bucket_size"));
    }
  }

  static InformerSettings read(Section root) {
    return new InformerSettings(
        component(root, "disk").map(Disk::read),
        component(root, "tags").map(Tags::read),
        component(root, "pinqueue").map(PinQueue::read));
  }

  /** As in Go, a section that is not there does not run. */
  private static Optional<Section> component(Section root, String name) {
    return Optional.of(root.component("informer", name)).filter(Section::active);
  }

  private static Duration ttl(Section s, String section) {
    return ClusterSettings.positive(s.duration("metric_ttl", TTL), section + ".metric_ttl");
  }
}
