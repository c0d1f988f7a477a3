package io.ecluster.service.read;

import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.MemoryBlocks;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.Reading;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Blocks in memory, of which some can be lost or held back, and how many readers have them open.
 */
public final class MemoryReadings implements Blocks {
  private final ReentrantLock lock = new ReentrantLock();
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final Set<Cid> lost = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger read = new AtomicInteger();
  private volatile Optional<Held> held = Optional.empty();

  private record Held(Cid cid, CountDownLatch gate) {}

  public MemoryBlocks blocks() {
    return blocks;
  }

  /** From now on nobody has this block. */
  public void lose(Cid cid) {
    lost.add(cid);
  }

  /** Whoever asks for this block waits until the gate is open. */
  public void hold(Cid cid, CountDownLatch gate) {
    held = Optional.of(new Held(cid, gate));
  }

  /** Readings that are open now. */
  public int open() {
    return open.get();
  }

  /** Blocks given so far. */
  public int read() {
    return read.get();
  }

  @Override
  public Reading open(Cid root) {
    open.incrementAndGet();
    return new MemoryReading();
  }

  private final class MemoryReading implements Reading {
    @Override
    public byte[] get(Cid cid) {
      held.filter(one -> one.cid().equals(cid)).ifPresent(one -> await(one.gate()));
      if (lost.contains(cid)) {
        throw new BlockNotFoundException(cid, "lost by the test");
      }
      lock.lock();
      try {
        read.incrementAndGet();
        return blocks.get(cid);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void expect(List<Cid> next) {
      // all blocks are here
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
