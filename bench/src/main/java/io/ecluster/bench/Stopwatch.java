package io.ecluster.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/**
 * Measures how fast work is done over and over, by the processor time of the thread: what else the
 * machine does takes turns with the work, but is not counted.
 */
final class Stopwatch {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Stopwatch() {}

  static double gigabytesPerSecond(Runnable work, long bytes, int millis) {
    long start = THREADS.getCurrentThreadCpuTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
    long done = 0;
    long now;
    do {
      work.run();
      done += bytes;
      now = THREADS.getCurrentThreadCpuTime();
    } while (now < end);
    return (double) done / (now - start);
  }
}
