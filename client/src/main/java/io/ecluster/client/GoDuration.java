package io.ecluster.client;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 1h0m0s}, {@code 2m0s}, {@code 1.5s}, {@code 200ms}. */
public final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("([0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> UNIT_NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L, // the micro sign
          "μs", 1_000L, // the Greek letter
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * @throws IllegalArgumentException if the text is not a duration
   */
  public static Duration parse(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    BigDecimal nanos = nanos(text, signed ? 1 : 0);
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is longer than a duration can be (292 years)");
    }
    return Duration.ofNanos(text.startsWith("-") ? -nanos.longValue() : nanos.longValue());
  }

  private static BigDecimal nanos(String text, int from) {
    BigDecimal nanos = BigDecimal.ZERO;
    if (text.substring(from).equals("0")) {
      return nanos;
    }
    Matcher part = PART.matcher(text).region(from, text.length());
    while (part.lookingAt()) {
      BigDecimal unit = BigDecimal.valueOf(UNIT_NANOS.getOrDefault(part.group(2), 0L));
      BigDecimal exact = new BigDecimal(part.group(1)).multiply(unit);
      nanos = nanos.add(exact.setScale(0, RoundingMode.DOWN));
      if (part.end() == text.length()) {
        return nanos;
      }
      part.region(part.end(), text.length());
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is not a duration; write for example 10s, 1m30s or 200ms");
  }

  /** As Go prints it. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
      return fraction(duration);
    }
    String seconds = decimal(duration.toSecondsPart(), duration.toNanosPart(), 9) + "s";
    if (duration.toMinutes() == 0) {
      return seconds;
    }
    String minutes = duration.toMinutesPart() + "m" + seconds;
    return duration.toHours() == 0 ? minutes : duration.toHours() + "h" + minutes;
  }

  private static String fraction(Duration duration) {
    int nanos = duration.toNanosPart();
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    return nanos < 1_000_000
        ? decimal(nanos / 1_000, nanos % 1_000, 3) + "µs"
        : decimal(nanos / 1_000_000, nanos % 1_000_000, 6) + "ms";
  }

  private static String decimal(int whole, int rest, int digits) {
    return new BigDecimal(whole)
        .add(BigDecimal.valueOf(rest, digits))
        .stripTrailingZeros()
        .toPlainString();
  }
}
