package io.ecluster.service.observe;

import com.sun.management.UnixOperatingSystemMXBean;
import io.ecluster.service.observe.Sampled.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The process and its virtual machine, under the names that others use for them. */
final class ProcessMetrics {
  private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final Path STATUS = Path.of("/proc/self/status");

  private final Registry registry;

  private ProcessMetrics(Registry registry) {
    this.registry = registry;
  }

  static void register(Registry registry) {
    ProcessMetrics metrics = new ProcessMetrics(registry);
    metrics.process();
    metrics.memory();
    metrics.threads();
    metrics.collectors();
  }

  private void process() {
    var runtime = ManagementFactory.getRuntimeMXBean();
    gauge(
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds.",
        () -> List.of(Sample.of(runtime.getStartTime() / MILLIS)));
    gauge(
        "process_uptime_seconds",
        "How long the process runs",
        () -> List.of(Sample.of(runtime.getUptime() / MILLIS)));
    gauge(
        "process_resident_memory_bytes",
        "Resident memory size in bytes.",
        ProcessMetrics::resident);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      counter(
          "process_cpu_seconds_total",
          "Total user and system CPU time spent in seconds.",
          () -> List.of(Sample.of(unix.getProcessCpuTime() / 1e9)));
      gauge(
          "process_open_fds",
          "Number of open file descriptors.",
          () -> List.of(Sample.of(unix.getOpenFileDescriptorCount())));
      gauge(
          "process_max_fds",
          "Maximum number of open file descriptors.",
          () -> List.of(Sample.of(unix.getMaxFileDescriptorCount())));
    }
  }

  /** Where there is no such file, nothing is told. */
  private static List<Sample> resident() {
    if (!Files.isReadable(STATUS)) {
      return List.of();
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> Sample.of(Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void memory() {
    area("jvm_memory_used_bytes", "Memory in use", MemoryUsage::getUsed);
    area("jvm_memory_committed_bytes", "Memory obtained", MemoryUsage::getCommitted);
    area("jvm_memory_max_bytes", "Memory that may be obtained; -1: no limit", MemoryUsage::getMax);
    List<BufferPoolMXBean> pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
    gauge(
        "jvm_buffer_pool_used_bytes",
        "Memory of buffers outside of the heap",
        () -> pools.stream().map(p -> Sample.of(p.getMemoryUsed(), p.getName())).toList(),
        "pool");
  }

  private void area(String name, String help, ToLongFunction<MemoryUsage> value) {
    var memory = ManagementFactory.getMemoryMXBean();
    gauge(
        name,
        help,
        () ->
            List.of(
                Sample.of(value.applyAsLong(memory.getHeapMemoryUsage()), "heap"),
                Sample.of(value.applyAsLong(memory.getNonHeapMemoryUsage()), "nonheap")),
        "area");
  }

  private void threads() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    gauge(
        "jvm_threads_current",
        "Platform threads",
        () -> List.of(Sample.of(threads.getThreadCount())));
    gauge(
        "jvm_threads_peak",
        "Most platform threads at a time",
        () -> List.of(Sample.of(threads.getPeakThreadCount())));
  }

  private void collectors() {
    List<GarbageCollectorMXBean> all = ManagementFactory.getGarbageCollectorMXBeans();
    counter(
        "jvm_gc_collections_total",
        "Garbage collections",
        () -> all.stream().map(gc -> Sample.of(gc.getCollectionCount(), gc.getName())).toList(),
        "gc");
    counter(
        "jvm_gc_collection_seconds_total",
        "Time spent in garbage collections",
        () ->
            all.stream()
                .map(gc -> Sample.of(gc.getCollectionTime() / MILLIS, gc.getName()))
                .toList(),
        "gc");
  }

  private void gauge(String name, String help, Supplier<List<Sample>> samples, String... labels) {
    registry.sampled(name, Family.Type.GAUGE, help, samples, labels);
  }

  private void counter(String name, String help, Supplier<List<Sample>> samples, String... labels) {
    registry.sampled(name, Family.Type.COUNTER, help, samples, labels);
  }
}
