package io.ecluster.libp2p;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One direction of a fake stream: a bounded queue of bytes, each with its time of arrival. */
final class MemoryPipe {
  /** As a yamux window. */
  private static final int CAPACITY_BYTES = 256 * 1024;

  /** How often a reader looks whether a frozen peer has thawed. */
  private static final long GATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** What the network does to bytes under way. */
  interface Weather {
    boolean frozen();

    Duration latency();
  }

  private record Chunk(byte[] bytes, long arrivesNanos) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private final Weather weather;
  private int buffered;
  private int headOffset;
  private boolean ended;
  private boolean abandoned;
  private @Nullable String broken;
  private Duration readTimeout = Duration.ZERO;

  MemoryPipe(Weather weather) {
    this.weather = weather;
  }

  void setReadTimeout(Duration timeout) {
    locked(() -> readTimeout = timeout);
  }

  /** The reader gets the end after the bytes that are under way. */
  void end() {
    locked(() -> ended = true);
  }

  /** The reader is gone: what is written from now on is lost. */
  void abandon() {
    locked(() -> {
      abandoned = true;
      chunks.clear();
      buffered = 0;
    });
  }

  /** Reader and writer fail from now on. */
  void fail(String reason) {
    locked(() -> broken = broken == null ? reason : broken);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      int at = offset;
      while (at < offset + length) {
        awaitRoom();
        int part = Math.min(offset + length - at, Math.max(1, CAPACITY_BYTES - buffered));
        accept(Arrays.copyOfRange(bytes, at, at + part));
        at += part;
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() throws IOException {
    while (true) {
      requireWhole();
      if (ended) {
        throw new IOException("stream is closed for writing");
      }
      if (abandoned || buffered < CAPACITY_BYTES) {
        return;
      }
      pause(0);
    }
  }

  private void accept(byte[] part) {
    if (!abandoned) {
      chunks.add(new Chunk(part, System.nanoTime() + weather.latency().toNanos()));
      buffered += part.length;
      changed.signalAll();
    }
  }

  private int read(byte[] into, int offset, int length) throws IOException {
    lock.lock();
    try {
      if (length == 0) {
        return 0;
      }
      if (!awaitBytes()) {
        return -1;
      }
      return take(into, offset, length);
    } finally {
      lock.unlock();
    }
  }

  private int take(byte[] into, int offset, int length) {
    byte[] head = chunks.getFirst().bytes();
    int part = Math.min(length, head.length - headOffset);
    System.arraycopy(head, headOffset, into, offset, part);
    headOffset += part;
    buffered -= part;
    if (headOffset == head.length) {
      chunks.removeFirst();
      headOffset = 0;
    }
    changed.signalAll();
    return part;
  }

  /** False at the end of the stream. */
  private boolean awaitBytes() throws IOException {
    long start = System.nanoTime();
    while (true) {
      requireWhole();
      if (abandoned) {
        throw new IOException("stream is closed");
      }
      long wait = weather.frozen() ? GATE_NANOS : untilHeadArrives();
      if (wait <= 0 && (!chunks.isEmpty() || ended)) {
        return !chunks.isEmpty();
      }
      requireInTime(start);
      pause(wait);
    }
  }

  private long untilHeadArrives() {
    Chunk head = chunks.peekFirst();
    return head == null ? 0 : head.arrivesNanos() - System.nanoTime();
  }

  private void requireInTime(long start) throws SocketTimeoutException {
    if (!readTimeout.isZero() && System.nanoTime() - start > readTimeout.toNanos()) {
      throw new SocketTimeoutException("nothing to read for " + readTimeout);
    }
  }

  private void requireWhole() throws IOException {
    if (broken != null) {
      throw new IOException(broken);
    }
  }

  /** Waits for a change, at most {@code nanos} if positive; callers look again in a loop. */
  @SuppressWarnings("WaitNotInLoop")
  private void pause(long nanos) throws IOException {
    long atMost = readTimeout.isZero() ? Long.MAX_VALUE : GATE_NANOS;
    try {
      var _ = changed.awaitNanos(nanos > 0 ? Math.min(nanos, atMost) : atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return MemoryPipe.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return MemoryPipe.this.read(into, offset, length);
      }
    };
  }

  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        MemoryPipe.this.write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        MemoryPipe.this.write(bytes, offset, length);
      }
    };
  }
}
