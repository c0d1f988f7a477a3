package io.ecluster.ctl;

import java.util.Locale;

/** Sizes in SI units, as the Go client prints them. */
final class Sizes {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Sizes() {}

  static String text(long bytes) {
    if (bytes < 10) {
      return bytes + " B";
    }
    int unit = 0;
    double scaled = bytes;
    while (scaled >= 1000 && unit < UNITS.length - 1) {
      scaled /= 1000;
      unit++;
    }
    double rounded = Math.floor(scaled * 10 + 0.5) / 10;
    return rounded < 10
        ? String.format(Locale.ROOT, "%.1f %s", rounded, UNITS[unit])
        : String.format(Locale.ROOT, "%.0f %s", Math.rint(rounded), UNITS[unit]); // halves to even
  }
}
