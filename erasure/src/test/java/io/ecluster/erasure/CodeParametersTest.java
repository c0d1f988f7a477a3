package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.FormatException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CodeParametersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 1, data shards",
    "1, 0, 1, 1, parity shards",
    "200, 56, 1, 1, together they may be at most 255",
    "1, 1, 0, 1, cell size",
    "1, 1, 16777217, 1, cell size",
    "1, 1, 1, 0, shard size"
  })
  void unusableParametersAreRefused(int d, int p, int cell, long shard, String why) {
    assertThatThrownBy(() -> new CodeParameters(d, p, cell, shard))
        .isInstanceOf(InvalidParametersException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aCellIsNoLargerThanAShard() {
    assertThat(new CodeParameters(1, 1, 100, 60).cellLimit()).isEqualTo(60);
    assertThat(new CodeParameters(1, 1, 100, 1L << 40).cellLimit()).isEqualTo(100);
  }

  @Test
  void codingIdsReadBackAndDiffer() {
    SplittableRandom random = new SplittableRandom(7);
    CodingId id = CodingId.random(random);
    assertThat(CodingId.parse(id.toString())).isEqualTo(id).hasSameHashCodeAs(id);
    assertThat(CodingId.of(id.toBytes())).isEqualTo(id);
    assertThat(CodingId.random(random)).isNotEqualTo(id);
    assertThat(id.toString()).matches("[0-9a-f]{32}");
  }

  @Test
  void otherThingsAreNoCodingIds() {
    assertThatThrownBy(() -> CodingId.of(new byte[15])).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> CodingId.parse("xyz")).isInstanceOf(FormatException.class);
  }
}
