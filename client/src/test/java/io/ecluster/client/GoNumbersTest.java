package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Go's encoding/json makes of these numbers. */
class GoNumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "5.0, 5",
    "0.1, 0.1",
    "-1.5, -1.5",
    "12345678.9, 12345678.9",
    "1e20, 100000000000000000000",
    "1e21, 1e+21",
    "1.25e22, 1.25e+22",
    "0.000001, 0.000001",
    "0.00000015, 1.5e-7",
    "-2e-10, -2e-10",
    "1.7976931348623157e308, 1.7976931348623157e+308"
  })
  void areWrittenAsGoWritesThem(double number, String text) {
    assertThat(GoNumbers.text(number)).isEqualTo(text);
    assertThat(Json.write(number)).isEqualTo(text);
  }
}
