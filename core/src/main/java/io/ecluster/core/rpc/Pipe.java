package io.ecluster.core.rpc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that its writer can end, well or badly, and its reader can leave. What it holds
 * is weighed, for instance in bytes; it takes more until it holds its capacity.
 */
final class Pipe<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Entry<T>> entries = new ArrayDeque<>();
  private final long capacity;
  private long held;
  private boolean ended;
  private boolean abandoned;
  private @Nullable RpcException failure;

  private record Entry<T>(T value, long weight) {}

  Pipe(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Waits for room, at most {@code limit} unless that is zero.
   *
   * @return false if nobody reads any more
   */
  boolean put(T value, long weight, Duration limit) throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (held >= capacity && !abandoned) {
        left = await(limit, left);
      }
      if (!abandoned) {
        entries.add(new Entry<>(value, weight));
        held += weight;
        changed.signalAll();
      }
      return !abandoned;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a value, at most {@code limit} unless that is zero; null at the end.
   *
   * @throws RpcException if the pipe ended badly
   */
  @Nullable T take(Duration limit) throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (entries.isEmpty() && !ended) {
        left = await(limit, left);
      }
      Entry<T> next = entries.poll();
      if (next == null) {
        requireNoFailure();
        return null;
      }
      held -= next.weight();
      changed.signalAll();
      return next.value();
    } finally {
      lock.unlock();
    }
  }

  private void requireNoFailure() {
    if (failure != null) {
      throw new RpcException(failure.kind(), Failures.text(failure), failure);
    }
  }

  /** Callers wait in a loop. */
  @SuppressWarnings("WaitNotInLoop")
  private long await(Duration limit, long left) throws InterruptedException, TimeoutException {
    if (limit.isZero()) {
      changed.await();
      return 0;
    }
    if (left <= 0) {
      throw new TimeoutException("nothing happened for " + limit.toMillis() + " ms");
    }
    return changed.awaitNanos(left);
  }

  /** No value follows. Only the first end counts. */
  void end() {
    finish(null);
  }

  /** No value follows, and this is why. */
  void fail(RpcException reason) {
    finish(reason);
  }

  private void finish(@Nullable RpcException reason) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = reason;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The reader goes away: what is here and what comes is dropped. */
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      entries.clear();
      held = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Why it ended badly, if it did. */
  @Nullable RpcException failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }
}
