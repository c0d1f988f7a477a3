package io.ecluster.client;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The time that an exchange may take. What it guards is closed when that is over. */
public final class Deadline implements Closeable {
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Closeable> guarded = new ArrayList<>();
  private final Duration limit;
  private volatile boolean over;

  private Deadline(Duration limit) {
    this.limit = limit;
  }

  /** Begins now; zero never ends. */
  public static Deadline after(Duration limit) {
    Deadline deadline = new Deadline(limit);
    if (!limit.isZero()) {
      Thread.ofVirtual().start(deadline::watch);
    }
    return deadline;
  }

  private void watch() {
    try {
      if (!ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        expire();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void expire() {
    lock.lock();
    try {
      over = true;
      guarded.forEach(Deadline::closeQuietly);
    } finally {
      lock.unlock();
    }
  }

  /** Gives the same back, which is closed when time is up. */
  public <C extends Closeable> C guard(C resource) {
    lock.lock();
    try {
      guarded.add(resource);
      if (over) {
        closeQuietly(resource);
      }
      return resource;
    } finally {
      lock.unlock();
    }
  }

  private static void closeQuietly(Closeable resource) {
    try {
      resource.close();
    } catch (IOException e) {
      // It is of no use any more, and that is all that was wanted.
    }
  }

  /** How long the whole may take; zero for ever. */
  public Duration limit() {
    return limit;
  }

  public boolean isOver() {
    return over;
  }

  /** The exchange has ended in time. */
  @Override
  public void close() {
    ended.countDown();
  }
}
