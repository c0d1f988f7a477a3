package io.ecluster.ipfs.bitswap;

import io.ecluster.libp2p.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Writes messages and resets the stream of a peer that does not take one in time. */
final class Sender implements AutoCloseable {
  private final Duration timeout;
  private final ScheduledThreadPoolExecutor timer;

  Sender(Duration timeout) {
    this.timeout = timeout;
    this.timer =
        new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("bitswap-send-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  void write(Stream to, Message message) throws IOException {
    byte[] frame = MessageWriter.frame(message, to.protocol());
    Future<?> guard = guard(to);
    try {
      to.output().write(frame);
      to.output().flush();
    } finally {
      guard.cancel(false);
    }
  }

  private Future<?> guard(Stream stream) throws IOException {
    try {
      return timer.schedule(stream::reset, timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("bitswap is closed", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
