package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "abc, abc, 0",
    "abc, ABC, 0",
    "abc, ab, 1",
    "abc, xabc, 1",
    "abc, axc, 1",
    "kitten, sitting, 3",
    "'', abc, 3"
  })
  void countsMistakes(String from, String to, int mistakes) {
    assertThat(Spelling.distance(from, to)).isEqualTo(mistakes);
    assertThat(Spelling.distance(to, from)).isEqualTo(mistakes);
  }

  @Test
  void namesTheWordThatIsMostAlike() {
    List<String> known = List.of("peername", "peer_addresses", "id");
    assertThat(Spelling.hint("peer_name", known)).isEqualTo(" (did you mean peername?)");
    assertThat(Spelling.hint("ic", known)).isEqualTo(" (did you mean id?)");
    assertThat(Spelling.hint("port", known)).isEmpty();
  }
}
