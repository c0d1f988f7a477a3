package io.ecluster.libp2p.pnet;

import io.ecluster.multiformats.FormatException;
import java.util.HexFormat;

/** The 32-byte secret of a private network. */
public final class PreSharedKey {
  public static final int BYTES = 32;

  private final byte[] key;

  public PreSharedKey(byte[] key) {
    if (key.length != BYTES) {
      throw new FormatException("secret of " + key.length + " bytes, not " + BYTES);
    }
    this.key = key.clone();
  }

  /**
   * Parses 64 hexadecimal digits.
   *
   * @throws FormatException if it is anything else
   */
  public static PreSharedKey parse(String hex) {
    try {
      return new PreSharedKey(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new FormatException("secret is not 64 hexadecimal digits", e);
    }
  }

  byte[] key() {
    return key;
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "PreSharedKey";
  }
}
