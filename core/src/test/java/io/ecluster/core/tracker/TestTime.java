package io.ecluster.core.tracker;

import io.ecluster.core.cluster.Sleeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Time that passes when a test says so, for clocks and for those who sleep. */
public final class TestTime implements InstantSource, Sleeper {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition passed = lock.newCondition();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int sleepers;

  @Override
  public Instant instant() {
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  public void advance(Duration duration) {
    lock.lock();
    try {
      now = now.plus(duration);
      passed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many threads sleep now. */
  public int sleepers() {
    lock.lock();
    try {
      return sleepers;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    lock.lock();
    try {
      Instant end = now.plus(duration);
      sleepers++;
      while (now.isBefore(end)) {
        passed.await();
      }
    } finally {
      sleepers--;
      lock.unlock();
    }
  }
}
