package io.ecluster.core.rpc;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Interrupts the thread that answers a unary call when its client half-closes, resets the stream or
 * is lost: nobody waits for the answer any more.
 */
final class CancelOnLeave {
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread answering = Thread.currentThread();
  private boolean running = true;
  private boolean cancelled;

  private CancelOnLeave() {}

  static CancelOnLeave watch(InboundStream stream) {
    CancelOnLeave watch = new CancelOnLeave();
    Thread.ofVirtual()
        .name("rpc-watch")
        .start(() -> {
          stream.awaitClient();
          watch.cancel();
        });
    return watch;
  }

  private void cancel() {
    lock.lock();
    try {
      if (running) {
        cancelled = true;
        answering.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** No interrupt comes after this, and one that came is taken back. Returns whether one did. */
  boolean stop() {
    lock.lock();
    try {
      running = false;
      if (cancelled) {
        var _ = Thread.interrupted();
      }
      return cancelled;
    } finally {
      lock.unlock();
    }
  }
}
