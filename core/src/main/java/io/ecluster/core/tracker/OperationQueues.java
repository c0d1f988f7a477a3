package io.ecluster.core.tracker;

import io.ecluster.core.tracker.Operation.Kind;
import io.ecluster.multiformats.Cid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The operations that wait for a worker: urgent pins, other pins, and what lets go. Each queue is
 * bounded. Safe for use by many threads.
 */
final class OperationQueues {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition pinCame = lock.newCondition();
  private final Condition unpinCame = lock.newCondition();
  private final Deque<Ticket> urgent = new ArrayDeque<>();
  private final Deque<Ticket> pins = new ArrayDeque<>();
  private final Deque<Ticket> unpins = new ArrayDeque<>();
  private final int capacity;
  private boolean closed;

  OperationQueues(int capacity) {
    this.capacity = capacity;
  }

  /** A place in a queue. */
  record Ticket(Cid cid, long serial) {}

  /** Whether there was room. */
  boolean offer(Operation operation) {
    lock.lock();
    try {
      Deque<Ticket> queue = queueOf(operation);
      if (queue.size() >= capacity) {
        return false;
      }
      queue.add(new Ticket(operation.pin().cid(), operation.serial()));
      (operation.kind() == Kind.PIN ? pinCame : unpinCame).signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Deque<Ticket> queueOf(Operation operation) {
    if (operation.kind() != Kind.PIN) {
      return unpins;
    }
    return operation.priority() ? urgent : pins;
  }

  /** Waits for a pin, urgent ones first; empty once closed. */
  Optional<Ticket> takePin() {
    return take(urgent, pins, pinCame);
  }

  /** Waits for what lets go; empty once closed. */
  Optional<Ticket> takeUnpin() {
    return take(unpins, unpins, unpinCame);
  }

  private Optional<Ticket> take(Deque<Ticket> first, Deque<Ticket> second, Condition came) {
    lock.lock();
    try {
      while (!closed && first.isEmpty() && second.isEmpty()) {
        came.awaitUninterruptibly();
      }
      return closed ? Optional.empty() : Optional.of((first.isEmpty() ? second : first).remove());
    } finally {
      lock.unlock();
    }
  }

  int waitingPins() {
    lock.lock();
    try {
      return urgent.size() + pins.size();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      pinCame.signalAll();
      unpinCame.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
