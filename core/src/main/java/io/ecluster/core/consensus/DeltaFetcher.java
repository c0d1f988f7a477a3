package io.ecluster.core.consensus;

import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.libp2p.Refusals;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks down the DAG: fetches announced heads and the blocks they lead to, several at once. One
 * thread owns the queue. The queue holds a bounded number of blocks; those that do not fit are
 * found again in the replica's frontier when it runs dry, so that a DAG of any shape and depth is
 * walked in constant memory.
 */
final class DeltaFetcher implements AutoCloseable {
  /** About 400 KB; what is beyond is looked up in the datastore. */
  static final int MAX_QUEUED = 4096;

  private static final Logger log = LoggerFactory.getLogger(DeltaFetcher.class);

  private final Replica replica;
  private final BlockExchange exchange;
  private final Duration timeout;
  private final Semaphore workers;
  private final Sink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Cid> queue = new ArrayDeque<>();
  private final Set<Cid> known = new HashSet<>();
  private boolean leftovers = true;
  private boolean closed;
  private int busy;

  /** Takes a fetched block; answers with the blocks to fetch next. */
  interface Sink {
    List<Cid> arrived(Cid cid, byte[] bytes);
  }

  DeltaFetcher(Replica replica, BlockExchange exchange, Duration timeout, int workers, Sink sink) {
    this.replica = replica;
    this.exchange = exchange;
    this.timeout = timeout;
    this.workers = new Semaphore(workers);
    this.sink = sink;
  }

  void start() {
    Thread.ofVirtual().name("crdt-walk").start(this::run);
  }

  /** Asks for blocks; those that are asked for already, and heads beyond the limit, are not. */
  void offer(Collection<Cid> cids) {
    lock.lock();
    try {
      for (Cid cid : cids) {
        if (queue.size() >= MAX_QUEUED) {
          leftovers = true;
          break;
        }
        if (known.add(cid)) {
          queue.add(cid);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Looks for missing blocks in the replica's frontier again. */
  void lookAgain() {
    lock.lock();
    try {
      leftovers = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is being fetched or about to be. */
  boolean isIdle() {
    lock.lock();
    try {
      return busy == 0 && queue.isEmpty() && !leftovers;
    } finally {
      lock.unlock();
    }
  }

  /** How many blocks are being fetched or wait for that in memory. */
  int pending() {
    lock.lock();
    try {
      return busy + queue.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    for (Optional<Cid> next = take(); next.isPresent(); next = take()) {
      Cid cid = next.get();
      workers.acquireUninterruptibly();
      Thread.ofVirtual().name("crdt-fetch").start(() -> work(cid));
    }
  }

  /** Waits for a block to fetch; empty once closed. */
  private Optional<Cid> take() {
    lock.lock();
    try {
      while (!closed && queue.isEmpty()) {
        if (leftovers) {
          refill();
        } else {
          changed.awaitUninterruptibly();
        }
      }
      busy += closed ? 0 : 1;
      return closed ? Optional.empty() : Optional.of(queue.remove());
    } finally {
      lock.unlock();
    }
  }

  private void refill() {
    leftovers = false;
    try {
      List<Cid> found = replica.wanted(MAX_QUEUED, cid -> !known.contains(cid));
      leftovers = found.size() == MAX_QUEUED;
      queue.addAll(found);
      known.addAll(found);
    } catch (RuntimeException e) {
      log.error("cannot look for missing blocks of the pinset: {}", e.getMessage());
    }
  }

  private void work(Cid cid) {
    List<Cid> next = List.of();
    try {
      next = fetch(cid);
    } catch (RuntimeException e) {
      // It stays wanted, and is tried again at the next look at the frontier.
      if (!isClosed()) {
        log.error("block {} of the pinset could not be processed: {}", cid, e.getMessage());
      }
    } finally {
      workers.release();
      done(cid, next);
    }
  }

  private List<Cid> fetch(Cid cid) {
    if (!replica.needs(cid)) {
      return List.of();
    }
    Optional<byte[]> bytes = exchange.fetch(cid, timeout);
    if (bytes.isEmpty()) {
      log.warn("no connected peer gave block {} of the pinset within {}", cid, timeout);
      replica.refusals().count(Refusals.Reason.MISSING);
      replica.unavailable(cid);
      return List.of();
    }
    return isClosed() ? List.of() : sink.arrived(cid, bytes.get());
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void done(Cid cid, List<Cid> next) {
    lock.lock();
    try {
      known.remove(cid);
      busy--;
      offer(closed ? List.of() : next);
    } finally {
      lock.unlock();
    }
  }
}
