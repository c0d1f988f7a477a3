package io.ecluster.core.monitor;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step on a virtual thread of its own, after the pause that the step asked for or sooner
 * when woken. It is never interrupted: an interrupt would tear down what a step is just using.
 */
public final class WakeableLoop implements AutoCloseable {
  /** What is repeated. */
  @FunctionalInterface
  public interface Step {
    /** Does it once; returns the pause until the next time. */
    Duration run();
  }

  /** After a step that threw. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  /** Steps that wait for a peer are left to end by themselves. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(WakeableLoop.class);

  private final String name;
  private final Step step;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long dueNanos = System.nanoTime();
  private @Nullable Long requestedNanos;
  private boolean closed;

  private WakeableLoop(String name, Step step) {
    this.name = name;
    this.step = step;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Runs the step at once and ever after. */
  public static WakeableLoop start(String name, Step step) {
    WakeableLoop loop = new WakeableLoop(name, step);
    loop.thread.start();
    return loop;
  }

  /** Lets the next step come now; when one is just running, another follows it. */
  public void wake() {
    wakeIn(Duration.ZERO);
  }

  /** Lets the next step come after this time at the latest. */
  public void wakeIn(Duration pause) {
    lock.lock();
    try {
      long wanted = System.nanoTime() + pause.toNanos();
      if (requestedNanos == null || wanted - requestedNanos < 0) {
        requestedNanos = wanted;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (await()) {
      long due = System.nanoTime() + runStep().toNanos();
      lock.lock();
      try {
        dueNanos = due;
      } finally {
        lock.unlock();
      }
    }
  }

  /** False once closed. */
  private boolean await() {
    lock.lock();
    try {
      while (!closed && nanosLeft() > 0) {
        var _ = changed.awaitNanos(nanosLeft());
      }
      requestedNanos = null;
      return !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private long nanosLeft() {
    long now = System.nanoTime();
    long left = dueNanos - now;
    return requestedNanos == null ? left : Math.min(left, requestedNanos - now);
  }

  private Duration runStep() {
    try {
      return step.run();
    } catch (RuntimeException e) {
      log.warn("{} failed: {}", name, e.toString());
      log.debug("{} failed", name, e);
      return PAUSE_AFTER_FAILURE;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    join();
  }

  private void join() {
    try {
      if (Thread.currentThread() != thread && !thread.join(CLOSE_PATIENCE)) {
        log.debug("{} is still busy", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
