package io.ecluster.erasure;

import io.ecluster.multiformats.FormatException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The random name of one erasure-coded add. It makes all its shard nodes unlike any other's. */
public final class CodingId {
  /** Enough that two codings never meet. */
  public static final int BYTES = 16;

  private final byte[] bytes;

  private CodingId(byte[] bytes) {
    this.bytes = bytes;
  }

  public static CodingId random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new CodingId(bytes);
  }

  /**
   * The id with these bytes.
   *
   * @throws FormatException unless they are 16
   */
  public static CodingId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new FormatException("coding id of " + bytes.length + " bytes, not " + BYTES);
    }
    return new CodingId(bytes.clone());
  }

  /**
   * Parses what {@link #toString} writes.
   *
   * @throws FormatException if it is not 32 hexadecimal digits
   */
  public static CodingId parse(String text) {
    try {
      return of(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new FormatException("coding id is not hexadecimal: " + text, e);
    }
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodingId that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** 32 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
