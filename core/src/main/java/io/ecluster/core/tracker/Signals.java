package io.ecluster.core.tracker;

import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes those who wait for something to happen to a CID. Safe for use by many threads. */
final class Signals {
  private final Map<Cid, Set<Semaphore>> waiters = new ConcurrentHashMap<>();

  /** From now until closed, no signal for the CID is missed. */
  Waiter waitFor(Cid cid) {
    Semaphore semaphore = new Semaphore(0);
    waiters.compute(
        cid,
        (_, others) -> {
          Set<Semaphore> all = others == null ? ConcurrentHashMap.newKeySet() : others;
          all.add(semaphore);
          return all;
        });
    return new Waiter(cid, semaphore);
  }

  void signal(Cid cid) {
    Set<Semaphore> all = waiters.get(cid);
    if (all != null) {
      all.forEach(Semaphore::release);
    }
  }

  void signalAll() {
    waiters.keySet().forEach(this::signal);
  }

  final class Waiter implements AutoCloseable {
    private final Cid cid;
    private final Semaphore semaphore;

    private Waiter(Cid cid, Semaphore semaphore) {
      this.cid = cid;
      this.semaphore = semaphore;
    }

    /** Whether anything happened since the last call, within {@code timeout}. */
    boolean await(Duration timeout) throws InterruptedException {
      boolean signalled = semaphore.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
      semaphore.drainPermits();
      return signalled;
    }

    @Override
    public void close() {
      waiters.computeIfPresent(
          cid,
          (_, all) -> {
            all.remove(semaphore);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
