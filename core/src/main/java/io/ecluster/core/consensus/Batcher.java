package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.PinProtobuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers commits into larger ones. One thread owns the writing; a batch that cannot be written is
 * tried again until it can, while the queue fills and then refuses.
 */
final class Batcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Batcher.class);

  /** More than keys, tombstone and framing of one change take. */
  private static final int CHANGE_BYTES = 512;

  private final CrdtConfig.Batching config;
  private final Consumer<List<PinChange>> writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<List<PinChange>> queue = new ArrayDeque<>();
  private final Thread thread;
  private int queued;
  private long firstAt;
  private boolean closed;

  Batcher(CrdtConfig.Batching config, Consumer<List<PinChange>> writer) {
    this.config = config;
    this.writer = writer;
    this.thread = Thread.ofVirtual().name("crdt-batch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * Queues changes that belong together.
   *
   * @throws ConsensusException.QueueFull if too many wait already
   */
  void add(List<PinChange> changes) {
    lock.lock();
    try {
      if (closed) {
        throw new ConsensusException("this peer is shutting down");
      }
      if (queued + changes.size() > config.maxQueue()) {
        throw new ConsensusException.QueueFull(config.maxQueue());
      }
      firstAt = queue.isEmpty() ? System.nanoTime() : firstAt;
      queue.add(List.copyOf(changes));
      queued += changes.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what is queued and stops. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    for (List<PinChange> batch = take(); !batch.isEmpty(); batch = take()) {
      write(batch);
    }
  }

  private void write(List<PinChange> batch) {
    boolean written = false;
    while (!written) {
      try {
        writer.accept(batch);
        written = true;
      } catch (RuntimeException e) {
        log.error("a batch of {} changes was not written: {}", batch.size(), e.getMessage());
        if (!pauseUnlessClosed()) {
          return;
        }
      }
    }
  }

  private boolean pauseUnlessClosed() {
    lock.lock();
    try {
      long again = System.nanoTime() + config.maxAge().toNanos();
      while (!closed && again - System.nanoTime() > 0) {
        waitFor(again - System.nanoTime());
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a batch is large or old enough; empty when closed and nothing is left. */
  private List<PinChange> take() {
    lock.lock();
    try {
      while (!closed && !isRipe()) {
        if (queue.isEmpty()) {
          changed.awaitUninterruptibly();
        } else {
          waitFor(remaining());
        }
      }
      return drain();
    } finally {
      lock.unlock();
    }
  }

  private boolean isRipe() {
    return !queue.isEmpty() && (queued >= config.maxSize() || remaining() <= 0);
  }

  private long remaining() {
    return firstAt + config.maxAge().toNanos() - System.nanoTime();
  }

  @SuppressWarnings("WaitNotInLoop") // all callers loop
  private void waitFor(long nanos) {
    try {
      changed.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /** As many commits as fit one delta, and at least one; what belongs together stays so. */
  private List<PinChange> drain() {
    List<PinChange> batch = new ArrayList<>();
    int bytes = 0;
    while (!queue.isEmpty()) {
      int next = queue.element().stream().mapToInt(Batcher::size).sum();
      if (!batch.isEmpty() && bytes + next > Delta.MAX_BYTES) {
        break;
      }
      bytes += next;
      batch.addAll(queue.remove());
    }
    queued -= batch.size();
    return batch;
  }

  private static int size(PinChange change) {
    return switch (change) {
      case PinChange.Put put -> CHANGE_BYTES + PinProtobuf.encode(put.pin()).length;
      case PinChange.Remove remove -> CHANGE_BYTES;
    };
  }
}
