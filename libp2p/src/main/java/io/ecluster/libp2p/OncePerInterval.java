package io.ecluster.libp2p;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Lets each key through once in an interval, so that a peer cannot flood the log. */
public final class OncePerInterval<K> {
  /** Keys remembered; an attacker with more addresses than this gets more lines. */
  private static final int MAX_KEYS = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Long> last = new LinkedHashMap<>();
  private final long intervalNanos;
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock nanoseconds that only grow, as {@code System::nanoTime} gives them
   */
  public OncePerInterval(Duration interval, LongSupplier nanoClock) {
    this.intervalNanos = interval.toNanos();
    this.nanoClock = nanoClock;
  }

  /** Whether the key has not passed within the interval; then it passes now. */
  public boolean tryPass(K key) {
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      Long before = last.get(key);
      if (before != null && now - before < intervalNanos) {
        return false;
      }
      last.remove(key);
      last.put(key, now);
      if (last.size() > MAX_KEYS) {
        last.remove(last.keySet().iterator().next());
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
