package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps from dialling an address that has just failed. The wait doubles with every failure: a
 * restarted peer is found again soon, a dead one costs little, and Go's limit of one new connection
 * in five seconds from an address is kept.
 */
final class DialBackoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(16);
  private static final int MAX_ADDRESSES = 4096;

  private record Failed(int times, long untilNanos) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Multiaddr, Failed> failures = new LinkedHashMap<>();
  private final LongSupplier nanoClock;

  DialBackoff(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  boolean allows(Multiaddr address) {
    lock.lock();
    try {
      Failed failed = failures.get(address);
      return failed == null || nanoClock.getAsLong() - failed.untilNanos() >= 0;
    } finally {
      lock.unlock();
    }
  }

  void failed(Multiaddr address) {
    lock.lock();
    try {
      Failed before = failures.remove(address);
      int times = before == null ? 1 : Math.min(before.times() + 1, 30);
      long wait = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(times - 1, 10));
      failures.put(address, new Failed(times, nanoClock.getAsLong() + wait));
      if (failures.size() > MAX_ADDRESSES) {
        failures.remove(failures.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  void succeeded(Multiaddr address) {
    lock.lock();
    try {
      failures.remove(address);
    } finally {
      lock.unlock();
    }
  }
}
