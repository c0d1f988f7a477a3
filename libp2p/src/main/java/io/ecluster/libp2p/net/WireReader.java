package io.ecluster.libp2p.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads a wire through a buffer that grows with the traffic. For one thread. */
public final class WireReader {
  /** Most connections of a large cluster are quiet. */
  private static final int INITIAL_BYTES = 2 * 1024;

  /** Two full Noise frames: with more, a busy socket is not read faster. */
  private static final int MAX_BYTES = 128 * 1024;

  private final Wire wire;
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int end;
  private boolean received;

  public WireReader(Wire wire) {
    this.wire = wire;
  }

  /**
   * Blocks until {@code count} bytes, at most 128 KiB, are in {@link #array} side by side.
   *
   * @return where they begin
   * @throws EOFException if the wire ends before
   */
  public int require(int count) throws IOException {
    while (end - start < count) {
      makeRoom(count);
      fill();
    }
    return start;
  }

  /** Whether the remote has sent anything yet. */
  public boolean hasReceived() {
    return received;
  }

  /** The buffer; valid until the next call of {@link #require}. */
  public byte[] array() {
    return buffer;
  }

  /** Passes bytes that were required before. */
  public void consume(int count) {
    start += count;
    if (start == end) {
      start = 0;
      end = 0;
    }
  }

  private void makeRoom(int count) {
    if (count > MAX_BYTES) {
      throw new IllegalArgumentException(count + " bytes do not fit the buffer");
    }
    if (start + count > buffer.length) {
      int size = buffer.length;
      while (size < count) {
        size *= 2;
      }
      byte[] target = size > buffer.length ? new byte[size] : buffer;
      System.arraycopy(buffer, start, target, 0, end - start);
      buffer = target;
      end -= start;
      start = 0;
    }
  }

  private void fill() throws IOException {
    int got = wire.read(buffer, end, buffer.length - end);
    if (got < 0) {
      throw new EOFException("connection closed by the remote");
    }
    received = true;
    end += got;
    if (end == buffer.length && buffer.length < MAX_BYTES) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
  }

  /** The same bytes as a stream, for what is negotiated byte by byte. */
  public InputStream asInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        int value = buffer[require(1)] & 0xff;
        consume(1);
        return value;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int from = require(Math.min(length, 1));
        int part = Math.min(length, end - from);
        System.arraycopy(buffer, from, into, offset, part);
        consume(part);
        return part;
      }
    };
  }
}
