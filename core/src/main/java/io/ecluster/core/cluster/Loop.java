package io.ecluster.core.cluster;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something now and again, on a virtual thread of its own, until closed. */
final class Loop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Thread thread;
  private volatile boolean closed;

  private Loop(String name, Duration interval, Sleeper sleeper, Runnable task) {
    this.thread =
        Thread.ofVirtual().name(name).unstarted(() -> repeat(name, interval, sleeper, task));
  }

  static Loop start(String name, Duration interval, Sleeper sleeper, Runnable task) {
    Loop loop = new Loop(name, interval, sleeper, task);
    loop.thread.start();
    return loop;
  }

  private void repeat(String name, Duration interval, Sleeper sleeper, Runnable task) {
    while (!closed) {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.warn("{} failed, next try in {}: {}", name, interval, e.toString());
      }
      try {
        sleeper.sleep(interval);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(STOP_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
