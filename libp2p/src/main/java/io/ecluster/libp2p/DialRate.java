package io.ecluster.libp2p;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps the rate of new connections to one socket below what Go's peers allow an address: one in
 * five seconds for long and sixteen at once. Beyond that they close what they accept, so that
 * whatever makes us dial often would lock us out. Only connections that TCP made are counted: a
 * port where nobody listens counts nothing.
 */
final class DialRate {
  /** Half of Go's, since another peer may share our address. */
  static final int BURST = 8;

  /** A little slower than Go's. */
  static final Duration INTERVAL = Duration.ofSeconds(6);

  private static final int MAX_TARGETS = 4096;

  /** What was left at a time. */
  private record Bucket(double tokens, long atNanos) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<InetSocketAddress, Bucket> buckets = new LinkedHashMap<>();
  private final LongSupplier nanoClock;

  DialRate(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Whether another connection may be made now. Loopback is exempt, as it is with Go. */
  boolean allows(InetSocketAddress target) {
    lock.lock();
    try {
      return isExempt(target) || tokens(target) >= 1;
    } finally {
      lock.unlock();
    }
  }

  /** A connection was made. */
  void connected(InetSocketAddress target) {
    lock.lock();
    try {
      if (!isExempt(target)) {
        double left = Math.max(0, tokens(target) - 1);
        buckets.remove(target);
        buckets.put(target, new Bucket(left, nanoClock.getAsLong()));
        if (buckets.size() > MAX_TARGETS) {
          buckets.remove(buckets.keySet().iterator().next());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isExempt(InetSocketAddress target) {
    return target.getAddress().isLoopbackAddress();
  }

  private double tokens(InetSocketAddress target) {
    Bucket bucket = buckets.get(target);
    if (bucket == null) {
      return BURST;
    }
    double refilled = (nanoClock.getAsLong() - bucket.atNanos()) / (double) INTERVAL.toNanos();
    return Math.min(BURST, bucket.tokens() + refilled);
  }
}
