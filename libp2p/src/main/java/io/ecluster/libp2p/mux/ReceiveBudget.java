package io.ecluster.libp2p.mux;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes that all sessions of a host together may have received and not yet read. Each session has a
 * limit of its own; without this one a few strangers who never let us read on could fill the heap.
 */
public final class ReceiveBudget {
  /** Two hosts of a daemon then fill half of it at the most. */
  private static final int HEAP_PARTS = 4;

  private final long maxBytes;
  private final AtomicLong held = new AtomicLong();

  public ReceiveBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A part of the largest heap that this process may have. */
  public static ReceiveBudget ofHeap() {
    return new ReceiveBudget(Runtime.getRuntime().maxMemory() / HEAP_PARTS);
  }

  long held() {
    return held.get();
  }

  private boolean take(int bytes) {
    if (held.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** What one session holds; given back when it ends, whatever is left unread. */
  final class Share {
    private final ReentrantLock lock = new ReentrantLock();
    private final long most;
    private long bytes;
    private boolean closed;

    Share(long most) {
      this.most = most;
    }

    /** False if this session or all together hold too much, or the session has ended. */
    boolean reserve(int count) {
      lock.lock();
      try {
        if (closed || bytes + count > most || !take(count)) {
          return false;
        }
        bytes += count;
        return true;
      } finally {
        lock.unlock();
      }
    }

    void release(int count) {
      lock.lock();
      try {
        if (!closed) {
          bytes -= count;
          held.addAndGet(-count);
        }
      } finally {
        lock.unlock();
      }
    }

    void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          held.addAndGet(-bytes);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
