package io.ecluster.ctl;

import java.time.Duration;
import java.time.Instant;

/** How far away a time is, as the Go client says it. */
final class RelativeTime {
  private static final long DAY = 86_400;
  private static final long YEAR = 360 * DAY;

  private RelativeTime() {}

  static String text(Instant when, Instant now) {
    long seconds = Duration.between(now, when).abs().toSeconds();
    if (seconds < 1) {
      return "now";
    }
    return amount(seconds) + (when.isBefore(now) ? " ago" : " from now");
  }

  private static String amount(long seconds) {
    if (seconds < 60) {
      return count(seconds, "second");
    }
    if (seconds < 3600) {
      return count(seconds / 60, "minute");
    }
    if (seconds < DAY) {
      return count(seconds / 3600, "hour");
    }
    if (seconds < 7 * DAY) {
      return count(seconds / DAY, "day");
    }
    if (seconds < 30 * DAY) {
      return count(seconds / (7 * DAY), "week");
    }
    return seconds < YEAR ? count(seconds / (30 * DAY), "month") : years(seconds);
  }

  private static String years(long seconds) {
    if (seconds < 540 * DAY) {
      return "1 year";
    }
    return seconds < 2 * YEAR ? "2 years" : count(seconds / YEAR, "year");
  }

  private static String count(long n, String unit) {
    return n + " " + unit + (n == 1 ? "" : "s");
  }
}
