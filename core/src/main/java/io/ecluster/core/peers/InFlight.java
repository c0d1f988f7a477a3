package io.ecluster.core.peers;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Runs tasks on virtual threads: each key once at a time, and not too many together. */
final class InFlight {
  /** Dials and questions at once; the rest wait for the next round. */
  static final int MAX_TASKS = 32;

  private final Set<Object> keys = ConcurrentHashMap.newKeySet();
  private final Semaphore room = new Semaphore(MAX_TASKS);

  /** Starts a task unless its key is busy or there is no room. */
  void start(Object key, Runnable task) {
    if (!room.tryAcquire()) {
      return;
    }
    if (!keys.add(key)) {
      room.release();
      return;
    }
    Thread.ofVirtual().name("peers-" + key).start(() -> run(key, task));
  }

  private void run(Object key, Runnable task) {
    try {
      task.run();
    } finally {
      keys.remove(key);
      room.release();
    }
  }
}
