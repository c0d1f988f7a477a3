package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;
import java.io.InputStream;

/**
 * Cuts where the Rabin fingerprint of the last 16 bytes ends in as many zero bits as the average
 * size has. The fingerprint is the window as a polynomial over GF(2), modulo an irreducible one of
 * degree 53; one table takes out the byte that leaves, another reduces after the next has come in.
 * Polynomial, window and the odd first byte (a 1 that no stream has) are those of Kubo.
 */
record Rabin(int minBytes, int averageBytes, int maxBytes) implements Chunking, CutRule {
  private static final long POLYNOMIAL = 17437180132763653L;
  private static final int DEGREE = 63 - Long.numberOfLeadingZeros(POLYNOMIAL);
  private static final int WINDOW_BYTES = 16;
  private static final long[] LEAVING = new long[256];
  private static final long[] REDUCING = new long[256];

  static {
    for (int b = 0; b < 256; b++) {
      long fingerprint = reduced(b);
      for (int i = 1; i < WINDOW_BYTES; i++) {
        fingerprint = reduced(fingerprint << Byte.SIZE);
      }
      LEAVING[b] = fingerprint;
      REDUCING[b] = reduced((long) b << DEGREE) | (long) b << DEGREE;
    }
  }

  Rabin {
    if (minBytes < WINDOW_BYTES) {
      throw new FormatException("rabin min must be at least " + WINDOW_BYTES);
    }
    if (minBytes >= averageBytes || averageBytes >= maxBytes) {
      throw new FormatException(
          "rabin sizes must grow: " + minBytes + ", " + averageBytes + ", " + maxBytes);
    }
    if (maxBytes > FixedSize.MAX_BYTES) {
      throw new FormatException(
          "rabin max " + maxBytes + " is over the maximum of " + FixedSize.MAX_BYTES);
    }
  }

  /** Parses {@code rabin}, {@code rabin-AVG} or {@code rabin-MIN-AVG-MAX}, cut at its dashes. */
  static Rabin parse(String[] parts) {
    return switch (parts.length) {
      case 1 -> around(FixedSize.DEFAULT_BYTES);
      case 2 -> around(number(parts[1]));
      case 4 ->
          new Rabin(
              labelled("min", parts[1]), labelled("avg", parts[2]), labelled("max", parts[3]));
      default -> throw new FormatException("expected rabin, rabin-AVG or rabin-MIN-AVG-MAX");
    };
  }

  private static Rabin around(int average) {
    return new Rabin(average / 3, average, average + average / 2);
  }

  private static int labelled(String label, String text) {
    return number(text.startsWith(label + ":") ? text.substring(label.length() + 1) : text);
  }

  private static int number(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number <= FixedSize.MAX_BYTES) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new FormatException("not a size in rabin chunker: " + text, e);
    }
    throw new FormatException("rabin size " + text + " is over " + FixedSize.MAX_BYTES);
  }

  /** The remainder of a polynomial of any degree below 64. */
  private static long reduced(long value) {
    long rest = value;
    for (int bit = Long.SIZE - 1; bit >= DEGREE; bit--) {
      if ((rest >>> bit & 1) != 0) {
        rest ^= POLYNOMIAL << (bit - DEGREE);
      }
    }
    return rest;
  }

  @Override
  public Chunker over(InputStream in) {
    return new ContentChunker(in, this);
  }

  @Override
  public int cut(byte[] bytes, int length) {
    long mask = Integer.highestOneBit(averageBytes) - 1L;
    byte[] window = new byte[WINDOW_BYTES];
    window[0] = 1;
    long fingerprint = 1;
    int slot = 1;
    for (int i = minBytes - WINDOW_BYTES; i < length; i++) {
      fingerprint ^= LEAVING[window[slot] & 0xff];
      window[slot] = bytes[i];
      slot = (slot + 1) % WINDOW_BYTES;
      int top = (int) (fingerprint >>> (DEGREE - Byte.SIZE));
      fingerprint = (fingerprint << Byte.SIZE | (bytes[i] & 0xff)) ^ REDUCING[top];
      if (i + 1 >= minBytes && (fingerprint & mask) == 0) {
        return i + 1;
      }
    }
    return length;
  }

  @Override
  public String toString() {
    return "rabin-" + minBytes + "-" + averageBytes + "-" + maxBytes;
  }
}
