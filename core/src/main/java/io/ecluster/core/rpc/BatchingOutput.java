package io.ecluster.core.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gathers small writes, so that a stream of small values costs few frames, and yet none of them
 * waits long: {@link #flushSoon} sends within a moment what has gathered. Large writes pass through
 * without a copy. Safe for use by many threads, which matters for the late flush only.
 */
final class BatchingOutput extends OutputStream {
  /** Half of a yamux frame as Go sends them: full frames for blocks, little memory per call. */
  private static final int BUFFER_BYTES = 32 << 10;

  /** Long enough for a burst of replies to gather, too short to be noticed by a person. */
  private static final Duration LINGER = Duration.ofMillis(2);

  private final OutputStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int count;
  private boolean flushPending;
  private @Nullable IOException failure;

  BatchingOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      requireHealthy();
      append(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  private void append(byte[] bytes, int offset, int length) throws IOException {
    int head = Math.min(length, buffer.length - count);
    System.arraycopy(bytes, offset, buffer, count, head);
    count += head;
    int rest = length - head;
    if (rest >= buffer.length) {
      send();
      out.write(bytes, offset + head, rest);
    } else if (rest > 0) {
      send();
      System.arraycopy(bytes, offset + head, buffer, 0, rest);
      count = rest;
    }
  }

  @Override
  public void flush() throws IOException {
    lock.lock();
    try {
      requireHealthy();
      send();
    } finally {
      lock.unlock();
    }
  }

  /** Sends what has gathered within a moment, unless the next write does so first. */
  void flushSoon() {
    lock.lock();
    try {
      if (!flushPending && count > 0) {
        flushPending = true;
        Thread.ofVirtual().name("rpc-flush").start(this::flushLate);
      }
    } finally {
      lock.unlock();
    }
  }

  private void flushLate() {
    LockSupport.parkNanos(LINGER.toNanos());
    lock.lock();
    try {
      flushPending = false;
      send();
    } catch (IOException e) {
      failure = e; // told to the next writer
    } finally {
      lock.unlock();
    }
  }

  private void send() throws IOException {
    if (count > 0) {
      int length = count;
      count = 0;
      out.write(buffer, 0, length);
    }
    out.flush();
  }

  private void requireHealthy() throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }
}
