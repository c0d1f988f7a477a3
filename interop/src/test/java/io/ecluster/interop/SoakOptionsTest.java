package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoakOptionsTest {
  @Test
  void halfAnHourUnlessSaidOtherwise() {
    SoakOptions options = SoakOptions.parse(List.of("--seed", "7"));
    assertThat(options).isEqualTo(new SoakOptions(30, 7, 10_000, 2));
  }

  @Test
  void allCanBeSaid() {
    List<String> words =
        List.of("--minutes", "3", "--seed", "1", "--depth", "500", "--pace", "0.5");
    assertThat(SoakOptions.parse(words)).isEqualTo(new SoakOptions(3, 1, 500, 0.5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--minutes", "3", "--minutes x", "--hours 3"})
  void whatIsNoneIsRefused(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SoakOptions.parse(List.of(line.split(" "))));
  }
}
