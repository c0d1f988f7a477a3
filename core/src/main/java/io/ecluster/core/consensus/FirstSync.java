package io.ecluster.core.consensus;

import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Holds back the first write of a peer that knows nothing until it has heard from the others: it
 * has their heads, or they all said they have none, or a bounded time is over.
 */
final class FirstSync {
  /** Other peers appear and leave without a word to us; looked at this often. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<PeerId> empty = new HashSet<>();
  private boolean over;

  /** This peer has heads. */
  void synced() {
    lock.lock();
    try {
      over = true;
      empty.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Another peer said that it has no heads either. */
  void hasNothing(PeerId peer) {
    lock.lock();
    try {
      if (!over) {
        empty.add(peer);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns when a write may be made; {@code others} are the peers that might have heads. */
  void await(Duration limit, Supplier<Collection<PeerId>> others) {
    lock.lock();
    try {
      long deadline = System.nanoTime() + limit.toNanos();
      while (!over && !empty.containsAll(others.get())) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !pause(Math.min(left, LOOK_EVERY.toNanos()))) {
          over = true;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** False if interrupted, and then whoever waits goes on. */
  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private boolean pause(long nanos) {
    try {
      changed.await(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
