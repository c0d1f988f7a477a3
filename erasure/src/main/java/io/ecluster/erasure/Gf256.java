package io.ecluster.erasure;

/**
 * Arithmetic of GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1, generator 2: the field of
 * Backblaze JavaReedSolomon and klauspost/reedsolomon. Elements are ints in [0, 255]; addition is
 * exclusive or.
 */
final class Gf256 {
  static final int ORDER = 256;
  private static final int POLYNOMIAL = 0x11D;
  private static final int UNITS = ORDER - 1;

  /** Powers of 2, twice over, so that sums of two logarithms need no modulo. */
  private static final byte[] EXP = new byte[2 * UNITS];

  private static final int[] LOG = new int[ORDER];

  static {
    int power = 1;
    for (int i = 0; i < UNITS; i++) {
      EXP[i] = (byte) power;
      EXP[i + UNITS] = (byte) power;
      LOG[power] = i;
      power = power << 1;
      power = power < ORDER ? power : power ^ POLYNOMIAL;
    }
  }

  private Gf256() {}

  static int multiply(int a, int b) {
    return a == 0 || b == 0 ? 0 : EXP[LOG[a] + LOG[b]] & 0xFF;
  }

  /** The inverse of {@code a}, which is not 0. */
  static int inverse(int a) {
    return EXP[UNITS - LOG[a]] & 0xFF;
  }

  /** {@code base} to the power {@code exponent}; 0 to the power 0 is 1. */
  static int power(int base, int exponent) {
    if (exponent == 0) {
      return 1;
    }
    return base == 0 ? 0 : EXP[LOG[base] * exponent % UNITS] & 0xFF;
  }
}
