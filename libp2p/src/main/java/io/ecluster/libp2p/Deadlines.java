package io.ecluster.libp2p;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what must happen if something else has not happened in time. */
final class Deadlines implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  Deadlines() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("libp2p-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Runs a short action after a time, unless closed before. */
  Deadline after(Duration time, Runnable action) {
    Future<?> task = timer.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
    return () -> task.cancel(false);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** Calls the action off. */
  interface Deadline extends AutoCloseable {
    @Override
    void close();
  }
}
