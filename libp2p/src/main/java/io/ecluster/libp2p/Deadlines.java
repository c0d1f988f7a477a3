package io.ecluster.libp2p;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what must happen if something else has not happened in time. */
final class Deadlines implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Task> pending = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Deadlines() {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().daemon().name("libp2p-deadlines").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Runs a short action after a time, unless called off; at once when this is closed. */
  Deadline after(Duration time, Runnable action) {
    Task task = new Task(action);
    pending.add(task);
    Future<?> scheduled = timer.schedule(() -> run(task), time.toNanos(), TimeUnit.NANOSECONDS);
    if (closed) {
      run(task);
    }
    return () -> {
      pending.remove(task);
      scheduled.cancel(false);
    };
  }

  /** Equal only to itself. */
  private static final class Task {
    private final Runnable action;

    Task(Runnable action) {
      this.action = action;
    }
  }

  private void run(Task task) {
    if (pending.remove(task)) {
      task.action.run();
    }
  }

  /** Everything is overdue now. */
  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
    pending.forEach(this::run);
  }

  /** Calls the action off. */
  interface Deadline extends AutoCloseable {
    @Override
    void close();
  }
}
