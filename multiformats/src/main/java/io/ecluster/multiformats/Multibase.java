package io.ecluster.multiformats;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The text encodings that CIDs and peer ids use, with and without their multibase prefix. Those
 * with one case of letters read both.
 */
public enum Multibase {
  BASE58BTC('z', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
  BASE36('k', "0123456789abcdefghijklmnopqrstuvwxyz"),
  BASE36_UPPER('K', "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
  BASE32('b', "abcdefghijklmnopqrstuvwxyz234567"),
  BASE32_UPPER('B', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
  BASE32_HEX('v', "0123456789abcdefghijklmnopqrstuv"),
  BASE16('f', "0123456789abcdef"),
  BASE16_UPPER('F', "0123456789ABCDEF"),
  BASE64('m', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
  BASE64URL('u', "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

  /** Base conversion is quadratic; no CID, key or peer id comes near this many characters. */
  private static final int MAX_TEXT_LENGTH = 4096;

  private final char prefix;
  private final String alphabet;
  private final int[] digits = new int[128];

  Multibase(char prefix, String alphabet) {
    this.prefix = prefix;
    this.alphabet = alphabet;
    Arrays.fill(digits, -1);
    boolean oneCase = alphabet.length() <= 36;
    for (int i = 0; i < alphabet.length(); i++) {
      char digit = alphabet.charAt(i);
      digits[digit] = i;
      if (oneCase) {
        digits[Character.toLowerCase(digit)] = i;
        digits[Character.toUpperCase(digit)] = i;
      }
    }
  }

  /** The multibase prefix character. */
  public char prefix() {
    return prefix;
  }

  /** Encodes with the multibase prefix. */
  public String encodeWithPrefix(byte[] bytes) {
    return prefix + encode(bytes);
  }

  /** Encodes without a prefix and without padding. */
  public String encode(byte[] bytes) {
    return isPowerOfTwo() ? encodeBits(bytes) : encodeNumber(bytes);
  }

  /**
   * Decodes text without a prefix.
   *
   * @throws FormatException if a character is not in the alphabet or the text is overlong
   */
  public byte[] decode(String text) {
    if (text.length() > MAX_TEXT_LENGTH) {
      throw new FormatException("text of " + text.length() + " characters is too long for " + this);
    }
    return isPowerOfTwo() ? decodeBits(text) : decodeNumber(text);
  }

  /**
   * Decodes text that starts with a multibase prefix.
   *
   * @throws FormatException if the prefix is not known or the rest does not decode
   */
  public static byte[] decodeWithPrefix(String text) {
    if (text.isEmpty()) {
      throw new FormatException("empty multibase text");
    }
    for (Multibase base : values()) {
      if (base.prefix == text.charAt(0)) {
        return base.decode(text.substring(1));
      }
    }
    throw new FormatException("unknown multibase prefix '" + text.charAt(0) + "'");
  }

  private boolean isPowerOfTwo() {
    return Integer.bitCount(alphabet.length()) == 1;
  }

  private int bitsPerDigit() {
    return Integer.numberOfTrailingZeros(alphabet.length());
  }

  private int digit(char c) {
    int digit = c < digits.length ? digits[c] : -1;
    if (digit < 0) {
      throw new FormatException("character '" + c + "' is not in " + this);
    }
    return digit;
  }

  private String encodeBits(byte[] bytes) {
    int width = bitsPerDigit();
    StringBuilder out = new StringBuilder((bytes.length * 8 + width - 1) / width);
    int buffer = 0;
    int held = 0;
    for (byte b : bytes) {
      buffer = buffer << 8 | (b & 0xff);
      for (held += 8; held >= width; held -= width) {
        out.append(alphabet.charAt(buffer >>> (held - width) & (alphabet.length() - 1)));
      }
      buffer &= 0xff;
    }
    if (held > 0) {
      out.append(alphabet.charAt(buffer << (width - held) & (alphabet.length() - 1)));
    }
    return out.toString();
  }

  private byte[] decodeBits(String text) {
    int width = bitsPerDigit();
    byte[] out = new byte[text.length() * width / 8];
    int buffer = 0;
    int held = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      buffer = (buffer << width | digit(text.charAt(i))) & 0xffff;
      held += width;
      if (held >= 8) {
        held -= 8;
        out[at++] = (byte) (buffer >>> held);
      }
    }
    if (held >= width || (buffer & ((1 << held) - 1)) != 0) {
      throw new FormatException("trailing bits in " + this + " text");
    }
    return out;
  }

  private String encodeNumber(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    BigInteger base = BigInteger.valueOf(alphabet.length());
    for (BigInteger rest = new BigInteger(1, bytes); rest.signum() > 0; ) {
      BigInteger[] step = rest.divideAndRemainder(base);
      out.append(alphabet.charAt(step[1].intValue()));
      rest = step[0];
    }
    for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
      out.append(alphabet.charAt(0));
    }
    return out.reverse().toString();
  }

  private byte[] decodeNumber(String text) {
    BigInteger base = BigInteger.valueOf(alphabet.length());
    BigInteger number = BigInteger.ZERO;
    int zeros = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = digit(text.charAt(i));
      zeros = zeros == i && digit == 0 ? i + 1 : zeros;
      number = number.multiply(base).add(BigInteger.valueOf(digit));
    }
    byte[] magnitude = number.signum() == 0 ? new byte[0] : number.toByteArray();
    int skip = magnitude.length > 0 && magnitude[0] == 0 ? 1 : 0;
    byte[] out = new byte[zeros + magnitude.length - skip];
    System.arraycopy(magnitude, skip, out, zeros, magnitude.length - skip);
    return out;
  }
}
