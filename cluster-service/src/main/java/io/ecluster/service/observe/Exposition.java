package io.ecluster.service.observe;

import java.util.List;
import java.util.Locale;

/**
 * Writes the text format of Prometheus, version 0.0.4: for each family HELP, TYPE and its samples.
 */
final class Exposition {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Whole numbers below it are written as such. */
  private static final double EXACT = 0x1p53;

  private final StringBuilder text = new StringBuilder();

  /** Begins a family; its samples follow. */
  void head(Family.Head head) {
    text.append("# HELP ").append(head.name()).append(' ').append(escaped(head.help(), false));
    text.append("\n# TYPE ").append(head.name()).append(' ');
    text.append(head.type().name().toLowerCase(Locale.ROOT)).append('\n');
  }

  void sample(String name, List<String> labels, List<String> values, double value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{');
      for (int i = 0; i < labels.size(); i++) {
        text.append(i == 0 ? "" : ",").append(labels.get(i)).append("=\"");
        text.append(escaped(values.get(i), true)).append('"');
      }
      text.append('}');
    }
    text.append(' ').append(number(value)).append('\n');
  }

  static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < EXACT;
    return whole ? Long.toString((long) value) : Double.toString(value);
  }

  private static String escaped(String text, boolean quoted) {
    String escaped = text.replace("\\", "\\\\").replace("\n", "\\n");
    return quoted ? escaped.replace("\"", "\\\"") : escaped;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
