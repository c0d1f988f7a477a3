package io.ecluster.ctl;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 90s}, {@code 1h30m}, {@code 1.5h}. */
final class GoDuration {
  private static final Pattern WHOLE =
      Pattern.compile("[-+]?(0|(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|ms|s|m|h))+)");
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Double> SECONDS =
      Map.of("ns", 1e-9, "us", 1e-6, "µs", 1e-6, "ms", 1e-3, "s", 1.0, "m", 60.0, "h", 3600.0);

  /** Go counts nanoseconds in 63 bits. */
  private static final double MAX_SECONDS = Long.MAX_VALUE / 1e9;

  private GoDuration() {}

  /** Empty if it is none. */
  static Optional<Duration> parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    double seconds = 0;
    for (Matcher part = PART.matcher(text); part.find(); ) {
      seconds += Double.parseDouble(part.group(1)) * SECONDS.getOrDefault(part.group(2), 0.0);
    }
    if (seconds > MAX_SECONDS) {
      return Optional.empty();
    }
    Duration size = Duration.ofMillis(Math.round(seconds * 1000));
    return Optional.of(text.startsWith("-") ? size.negated() : size);
  }

  /**
   * @param doing what is told when it is none
   */
  static Duration require(String doing, String text) {
    return parse(text)
        .orElseThrow(() ->
            new LocalException(
                "error " + doing + ": \"" + text + "\" is not a duration such as 30s or 1h30m"));
  }
}
