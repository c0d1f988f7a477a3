package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.AddGuard;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets garbage be collected only while nothing is being added: Kubo would delete blocks whose pin
 * is still to come. Collections others start cannot be held up.
 */
final class GarbageGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int guards;
  private boolean collecting;

  /** Waits for a collection under way to end. */
  AddGuard guard() {
    lock.lock();
    try {
      while (collecting) {
        changed.await();
      }
      guards++;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("interrupted while garbage is collected", e);
    } finally {
      lock.unlock();
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.compareAndSet(true, false)) {
        change(() -> guards--);
      }
    };
  }

  /**
   * Runs a collection while there is no guard.
   *
   * @throws IpfsException if there still is one after {@code patience}
   */
  void collect(Duration patience, Runnable collection) {
    begin(patience);
    try {
      collection.run();
    } finally {
      change(() -> collecting = false);
    }
  }

  private void begin(Duration patience) {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (guards > 0 || collecting) {
        if (left <= 0) {
          throw new IpfsException(
              "garbage is not collected now: blocks are being added and would be lost; try later");
        }
        left = changed.awaitNanos(left);
      }
      collecting = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("garbage collection was interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
