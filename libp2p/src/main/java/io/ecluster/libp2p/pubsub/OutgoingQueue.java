package io.ecluster.libp2p.pubsub;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Frames that wait for one peer. When there are too many, gossip goes first, since it is repeated;
 * then messages, which others will gossip; subscriptions and mesh changes last.
 */
final class OutgoingQueue {
  /** Besides the number of frames: a few of the largest ones. */
  static final int MAX_BYTES = 8 << 20;

  private final int maxFrames;
  private final Counters counters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Rpc> frames = new ArrayDeque<>();
  private int bytes;
  private boolean closed;

  OutgoingQueue(int maxFrames, Counters counters) {
    this.maxFrames = maxFrames;
    this.counters = counters;
  }

  /** Never blocks; drops this frame or another when the queue is full. */
  void offer(Rpc rpc) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      while (full(rpc) && dropLighter(rpc.weight())) {
        counters.droppedFrames.increment();
      }
      if (full(rpc)) {
        counters.droppedFrames.increment();
        return;
      }
      frames.add(rpc);
      bytes += rpc.size();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private boolean full(Rpc next) {
    return frames.size() >= maxFrames || (bytes + next.size() > MAX_BYTES && !frames.isEmpty());
  }

  private boolean dropLighter(Rpc.Weight than) {
    for (Rpc.Weight weight : Rpc.Weight.values()) {
      if (weight.compareTo(than) < 0 && dropOldest(weight)) {
        return true;
      }
    }
    return false;
  }

  private boolean dropOldest(Rpc.Weight weight) {
    for (Iterator<Rpc> each = frames.iterator(); each.hasNext(); ) {
      Rpc rpc = each.next();
      if (rpc.weight() == weight) {
        each.remove();
        bytes -= rpc.size();
        return true;
      }
    }
    return false;
  }

  /** Waits for a frame; empty once closed, or when {@code inVain} holds after a {@link #wake}. */
  Optional<Rpc> take(BooleanSupplier inVain) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (frames.isEmpty() && !closed && !inVain.getAsBoolean()) {
        changed.await();
      }
      return closed || inVain.getAsBoolean() ? Optional.empty() : Optional.of(removeFirst());
    } finally {
      lock.unlock();
    }
  }

  /** Lets whoever waits for a frame look whether that is in vain. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Rpc removeFirst() {
    Rpc first = frames.removeFirst();
    bytes -= first.size();
    counters.sentFrames.increment();
    return first;
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      frames.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
