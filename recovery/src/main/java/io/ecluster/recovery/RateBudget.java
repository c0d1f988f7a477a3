package io.ecluster.recovery;

import io.ecluster.core.cluster.Sleeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes per second that may be spent. What is spent becomes known only afterwards: so one may spend
 * while there is something left, and whoever comes when it was overdrawn waits until that is made
 * up for, in the order of coming.
 */
final class RateBudget {
  private static final Duration BURST = Duration.ofSeconds(1);

  private final long bytesPerSecond;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final ReentrantLock lock = new ReentrantLock();
  private double left;
  private Instant counted;

  /** A budget that begins with what it gets in a second, which is also the most it saves. */
  RateBudget(long bytesPerSecond, InstantSource clock, Sleeper sleeper) {
    this.bytesPerSecond = bytesPerSecond;
    this.clock = clock;
    this.sleeper = sleeper;
    this.left = saved(BURST);
    this.counted = clock.instant();
  }

  /** Returns when something may be spent. */
  void await() throws InterruptedException {
    turn.lockInterruptibly();
    try {
      for (Duration wait = overdrawn(); wait.isPositive(); wait = overdrawn()) {
        sleeper.sleep(wait);
      }
    } finally {
      turn.unlock();
    }
  }

  void spend(long bytes) {
    lock.lock();
    try {
      left -= bytes;
    } finally {
      lock.unlock();
    }
  }

  /** How long until nothing is owed. */
  private Duration overdrawn() {
    lock.lock();
    try {
      Instant now = clock.instant();
      left = Math.min(saved(BURST), left + saved(Duration.between(counted, now)));
      counted = now;
      return left >= 0
          ? Duration.ZERO
          : Duration.ofMillis((long) Math.ceil(-left * 1000 / bytesPerSecond));
    } finally {
      lock.unlock();
    }
  }

  private double saved(Duration time) {
    return bytesPerSecond * (time.toNanos() / 1e9);
  }
}
