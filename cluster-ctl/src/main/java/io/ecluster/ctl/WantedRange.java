package io.ecluster.ctl;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file: from A to B, both included; from A on; or the last B bytes.
 *
 * @param first absent for the last bytes
 * @param last absent for all that follows
 */
record WantedRange(OptionalLong first, OptionalLong last) {
  /** So many digits fit into a number, whatever they are. */
  private static final Pattern TEXT = Pattern.compile("(\\d{0,18})-(\\d{0,18})");

  /**
   * Parses {@code 0-99}, {@code 100-} or {@code -50}; empty text asks for the whole.
   *
   * @throws LocalException if it is none of these
   */
  static Optional<WantedRange> parse(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher match = TEXT.matcher(text);
    if (match.matches() && text.length() > 1) {
      WantedRange range = new WantedRange(number(match.group(1)), number(match.group(2)));
      if (range.first.isEmpty() || range.last.orElse(Long.MAX_VALUE) >= range.first.getAsLong()) {
        return Optional.of(range);
      }
    }
    throw new LocalException("error : --range must look like 0-99, 100- or -50, not " + text);
  }

  private static OptionalLong number(String digits) {
    return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
  }

  /** For the header {@code Range}. */
  String header() {
    return "bytes=" + text(first) + "-" + text(last);
  }

  private static String text(OptionalLong number) {
    return number.isPresent() ? String.valueOf(number.getAsLong()) : "";
  }

  /** Whether it asks for all of a file of this size. */
  boolean covers(long size) {
    return first.isEmpty()
        ? last.orElse(0) >= size
        : first.getAsLong() == 0 && (last.isEmpty() || last.getAsLong() >= size - 1);
  }
}
