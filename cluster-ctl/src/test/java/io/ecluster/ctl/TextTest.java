package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "9, 9 B",
    "10, 10 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "1500, 1.5 kB",
    "9800, 9.8 kB",
    "9949, 9.9 kB",
    "9950, 10 kB",
    "10000, 10 kB",
    "10500, 10 kB",
    "11500, 12 kB",
    "999499, 1000 kB",
    "999950, 1000 kB",
    "1000000, 1.0 MB",
    "9800000000, 9.8 GB",
    "10000000000, 10 GB",
    "82854982, 83 MB",
    "1000000000000000, 1.0 PB",
    "9223372036854775807, 9.2 EB"
  })
  void sizesAreThoseOfGo(long bytes, String text) {
    assertThat(Sizes.text(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, now",
    "1, 1 second",
    "2, 2 seconds",
    "59, 59 seconds",
    "60, 1 minute",
    "119, 1 minute",
    "120, 2 minutes",
    "3599, 59 minutes",
    "3600, 1 hour",
    "7199, 1 hour",
    "7200, 2 hours",
    "86399, 23 hours",
    "86400, 1 day",
    "172800, 2 days",
    "604799, 6 days",
    "604800, 1 week",
    "1209600, 2 weeks",
    "2591999, 4 weeks",
    "2592000, 1 month",
    "5184000, 2 months",
    "31103999, 11 months",
    "31104000, 1 year",
    "46655999, 1 year",
    "46656000, 2 years",
    "62207999, 2 years",
    "62208000, 2 years",
    "93312000, 3 years"
  })
  void timesAreThoseOfGo(long seconds, String text) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    boolean same = seconds == 0;
    assertThat(RelativeTime.text(now.plusSeconds(seconds), now))
        .isEqualTo(same ? text : text + " from now");
    assertThat(RelativeTime.text(now.minusSeconds(seconds), now))
        .isEqualTo(same ? text : text + " ago");
  }

  @ParameterizedTest
  @CsvSource({
    "0-99, 100, true",
    "0-98, 100, false",
    "0-, 0, true",
    "1-, 100, false",
    "-100, 100, true",
    "-99, 100, false",
    "0-0, 0, true"
  })
  void aRangeKnowsWhatItCovers(String text, long size, boolean covers) {
    assertThat(WantedRange.parse(text).orElseThrow().covers(size)).isEqualTo(covers);
  }
}
