package io.ecluster.client;

import java.math.BigDecimal;

/** Floating point numbers as Go's JSON encoder writes them. */
final class GoNumbers {
  private static final double LEAST_PLAIN = 1e-6;
  private static final double LEAST_LARGE = 1e21;

  private GoNumbers() {}

  /** The shortest digits that give the same number again; an exponent only for extremes. */
  static String text(double number) {
    double size = Math.abs(number);
    if (size == 0) {
      return Double.compare(number, 0) < 0 ? "-0" : "0";
    }
    BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    return size < LEAST_PLAIN || size >= LEAST_LARGE
        ? withExponent(digits)
        : digits.toPlainString();
  }

  private static String withExponent(BigDecimal digits) {
    int exponent = digits.precision() - digits.scale() - 1;
    BigDecimal mantissa = digits.movePointLeft(exponent).stripTrailingZeros();
    return mantissa.toPlainString() + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
