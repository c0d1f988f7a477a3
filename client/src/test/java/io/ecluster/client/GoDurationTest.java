package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  /** What Go's time.Duration prints for so many nanoseconds. */
  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "999, 999ns",
    "1000, 1µs",
    "1100, 1.1µs",
    "1000000, 1ms",
    "2200000, 2.2ms",
    "999999999, 999.999999ms",
    "1000000000, 1s",
    "1000000001, 1.000000001s",
    "1500000000, 1.5s",
    "60000000000, 1m0s",
    "90000000000, 1m30s",
    "3600000000000, 1h0m0s",
    "3661500000000, 1h1m1.5s",
    "86400000000000, 24h0m0s",
    "-1, -1ns",
    "-90000000000, -1m30s",
    "9223372036854775807, 2562047h47m16.854775807s",
    "720000000000, 12m0s"
  })
  void durationsAreWrittenAsGoWritesThem(long nanos, String text) {
    assertThat(GoDuration.format(Duration.ofNanos(nanos))).isEqualTo(text);
    assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "+0, 0",
    "-0, 0",
    "5s, 5000000000",
    "+5s, 5000000000",
    "-5s, -5000000000",
    "1.s, 1000000000",
    "1.5s, 1500000000",
    "1h30m, 5400000000000",
    "3000us, 3000000",
    ".5s, 500000000",
    "1h15m30.918273645s, 4530918273645",
    "1m.5s, 60500000000",
    "100us, 100000",
    "100µs, 100000",
    "100μs, 100000",
    "0.5ns0.5ns, 0",
    "1s1s, 2000000000",
    "0.100000000000000000000h, 360000000000",
    "007s, 7000000000"
  })
  void whatGoReadsIsRead(String text, long nanos) {
    assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "s",
        ".",
        ".s",
        "+",
        "-",
        "1",
        "10",
        "1x",
        "1 s",
        "1s x",
        " 1s",
        "1s ",
        "1S",
        "--1s",
        "1..5s",
        "1,5s",
        "1s2",
        "1d",
        "1e3s",
        "0x1s",
        "ten",
        "3000000h",
        "9223372036854775808ns"
      })
  void whatGoRefusesIsRefused(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    for (long seed = 1; seed <= 20_000; seed++) {
      Random random = new Random(seed);
      long nanos = random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
      Duration duration = Duration.ofNanos(random.nextBoolean() ? nanos : -nanos);
      assertThat(GoDuration.parse(GoDuration.format(duration)))
          .as("seed %d", seed)
          .isEqualTo(duration);
    }
  }

  @Test
  void longTextsDoNotExhaustTheStack() {
    assertThat(GoDuration.parse("1s".repeat(100_000))).isEqualTo(Duration.ofSeconds(100_000));
    assertThatThrownBy(() -> GoDuration.parse("1".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
