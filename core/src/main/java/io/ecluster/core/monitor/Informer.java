package io.ecluster.core.monitor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A source of metrics about this peer.
 *
 * @param ttl how long others may rely on a reading; it is renewed after half of that
 * @param readings what to publish now; may ask IPFS, and fail when that does
 */
public record Informer(String name, Duration ttl, Supplier<List<Reading>> readings) {
  /** Go's lifetime of every metric but the ping. */
  public static final Duration STANDARD_TTL = Duration.ofSeconds(30);

  /**
   * One value.
   *
   * @param weight what the allocator sorts by
   * @param partitionable whether equal values form one failure domain
   * @param valid whether it is worth telling
   */
  public record Reading(
      String name, String value, long weight, boolean partitionable, boolean valid) {}

  /** That this peer lives, with what it is called; sent every {@code interval}. */
  public static Informer ping(Duration interval, Supplier<PingValue> value) {
    return new Informer(
        Metric.PING,
        interval.multipliedBy(2),
        () -> List.of(new Reading(Metric.PING, value.get().toJson(), 0, false, true)));
  }

  /** Bytes that IPFS may still store; none left is not told. */
  public static Informer freeSpace(LongSupplier freeBytes) {
    return disk(Metric.FREESPACE, STANDARD_TTL, freeBytes, 1);
  }

  /** As {@link #freeSpace(LongSupplier)}, with a lifetime of its own. */
  public static Informer freeSpace(Duration ttl, LongSupplier freeBytes) {
    return disk(Metric.FREESPACE, ttl, freeBytes, 1);
  }

  /** Bytes that IPFS stores: the fewer, the better. */
  public static Informer repoSize(Duration ttl, LongSupplier bytes) {
    return disk("reposize", ttl, bytes, -1);
  }

  private static Informer disk(String name, Duration ttl, LongSupplier bytes, int sign) {
    return new Informer(
        name,
        ttl,
        () -> {
          long value = bytes.getAsLong();
          return List.of(new Reading(name, Long.toString(value), sign * value, false, value > 0));
        });
  }

  /** Where and what this peer is: {@code tag:NAME} for each tag. */
  public static Informer tags(Duration ttl, Map<String, String> tags) {
    List<Reading> readings =
        tags.entrySet().stream()
            .map(tag -> new Reading("tag:" + tag.getKey(), tag.getValue(), 0, true, true))
            .toList();
    return new Informer("tags", ttl, () -> readings);
  }

  /**
   * How many pins wait here.
   *
   * @param weightBucket peers are weighed by how many times this many
   */
  public static Informer pinQueue(Duration ttl, LongSupplier queued, int weightBucket) {
    return new Informer(
        "pinqueue",
        ttl,
        () -> {
          long length = queued.getAsLong();
          long weight = -(length / weightBucket);
          return List.of(new Reading("pinqueue", Long.toString(length), weight, false, true));
        });
  }
}
