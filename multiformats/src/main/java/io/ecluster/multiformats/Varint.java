package io.ecluster.multiformats;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Unsigned LEB128 integers of at most 63 bits, as used by every multiformat and libp2p frame. */
public final class Varint {
  /** Nine groups of seven bits: the multiformats limit, and the most that fits a positive long. */
  public static final int MAX_BYTES = 9;

  private Varint() {}

  /** Number of bytes {@code value} takes; {@code value} is not negative. */
  public static int size(long value) {
    return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  /** Encodes {@code value}, which is not negative. */
  public static byte[] encode(long value) {
    byte[] bytes = new byte[size(value)];
    put(ByteBuffer.wrap(bytes), value);
    return bytes;
  }

  /** Appends {@code value}, which is not negative, to {@code out}. */
  public static void put(ByteBuffer out, long value) {
    requireUnsigned(value);
    long rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      out.put((byte) (rest | 0x80));
    }
    out.put((byte) rest);
  }

  /** Appends {@code value}, which is not negative, to {@code out}. */
  public static void write(ByteArrayOutputStream out, long value) {
    out.writeBytes(encode(value));
  }

  /**
   * Reads one integer.
   *
   * @throws FormatException if the buffer ends inside it, it is longer than nine bytes or not
   *     minimal
   */
  public static long get(ByteBuffer in) {
    byte first = next(in);
    return first >= 0 ? first : rest(in, first & 0x7f);
  }

  private static byte next(ByteBuffer in) {
    if (!in.hasRemaining()) {
      throw new FormatException("varint is cut short");
    }
    return in.get();
  }

  /**
   * Apart from {@link #get}, since most integers are of one byte; and since the C2 compiler of JDK
   * 25.0.3 crashes on some methods into which it takes this loop.
   */
  private static long rest(ByteBuffer in, long first) {
    long value = first;
    for (int i = 1; i < MAX_BYTES; i++) {
      byte next = next(in);
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return requireMinimal(value, next, i);
      }
    }
    throw new FormatException("varint is longer than " + MAX_BYTES + " bytes");
  }

  /**
   * Reads one integer from a stream.
   *
   * @throws EOFException if the stream ends inside it
   * @throws FormatException if it is longer than nine bytes or not minimal
   */
  public static long read(InputStream in) throws IOException {
    long value = 0;
    for (int i = 0; i < MAX_BYTES; i++) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("stream ended inside a varint");
      }
      value |= (long) (next & 0x7f) << (7 * i);
      if (next < 0x80) {
        return requireMinimal(value, next, i);
      }
    }
    throw new FormatException("varint is longer than " + MAX_BYTES + " bytes");
  }

  private static long requireMinimal(long value, int last, int index) {
    if (last == 0 && index > 0) {
      throw new FormatException("varint is not minimal");
    }
    return value;
  }

  private static void requireUnsigned(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("varint must not be negative: " + value);
    }
  }
}
