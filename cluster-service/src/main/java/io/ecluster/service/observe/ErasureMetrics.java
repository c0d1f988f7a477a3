package io.ecluster.service.observe;

import io.ecluster.recovery.GroupReport;
import io.ecluster.recovery.RecoveryWatch;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Counts what coding, reading and repairing do here. */
final class ErasureMetrics implements RecoveryWatch {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Counter degraded;
  private final Counter repairs;
  private final Counter repairedBytes;
  private final Counter rebuiltBytes;
  private final Histogram stripes;
  private final Histogram repairSeconds;

  ErasureMetrics(Registry registry) {
    degraded =
        registry.counter(
            "erasure_degraded_reads_total",
            "Blocks that were read and had to be rebuilt, since their holder did not give them");
    repairs =
        registry.counter(
            "erasure_repairs_total", "Repairs of groups, by what came of them", "result");
    repairedBytes =
        registry.counter(
            "erasure_repaired_bytes_total", "Bytes rebuilt or copied for new holders of shards");
    rebuiltBytes =
        registry.counter("erasure_rebuilt_read_bytes_total", "Bytes rebuilt for readers");
    stripes =
        registry.histogram(
            "erasure_stripe_duration_seconds",
            "Time for one stripe: add codes it, read and repair fetch what is there and rebuild",
            Buckets.SECONDS,
            "work");
    repairSeconds =
        registry.histogram(
            "erasure_repair_duration_seconds", "How long repairs of groups took", Buckets.SECONDS);
  }

  void degraded() {
    degraded.increment();
  }

  void coded(long nanos) {
    stripes.observe(nanos / NANOS, "add");
  }

  @Override
  public void stripe(Work work, Duration took, long bytes) {
    stripes.observe(took.toNanos() / NANOS, work.name().toLowerCase(Locale.ROOT));
    (work == Work.REPAIR ? repairedBytes : rebuiltBytes).add(bytes);
  }

  @Override
  public void reported(GroupReport report, Duration took) {
    repairs.increment(report.state());
    repairSeconds.observe(took.toNanos() / NANOS);
  }
}
