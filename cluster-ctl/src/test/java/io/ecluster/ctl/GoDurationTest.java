package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0s, 0",
    "1s, 1000",
    "1.5s, 1500",
    "250ms, 250",
    "2m, 120000",
    "1h30m, 5400000",
    "1m.5s, 60500",
    "5.s, 5000",
    "3000us, 3",
    "3000µs, 3",
    "2000000ns, 2",
    "-5s, -5000",
    "+5s, 5000"
  })
  void durationsAreThoseOfGo(String text, long millis) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "5",
        "5 s",
        "s",
        "1d",
        "--5s",
        "1s x",
        "1..5s",
        "1m2",
        ".s",
        "99999999999999h"
      })
  void othersAreNone(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }
}
