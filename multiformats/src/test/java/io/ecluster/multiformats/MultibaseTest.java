package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultibaseTest {
  /** From the multibase specification: "yes mani !" in every base. */
  @ParameterizedTest
  @CsvSource({
    "z7paNL19xttacUY",
    "k2lcpzo5yikidynfl",
    "K2LCPZO5YIKIDYNFL",
    "bpfsxgidnmfxgsibb",
    "BPFSXGIDNMFXGSIBB",
    "vf5in683dc5n6i811",
    "f796573206d616e692021",
    "F796573206D616E692021",
    "meWVzIG1hbmkgIQ",
    "ueWVzIG1hbmkgIQ"
  })
  void readsAndWritesTheVectorsOfTheSpecification(String text) {
    byte[] bytes = "yes mani !".getBytes(StandardCharsets.US_ASCII);
    assertThat(Multibase.decodeWithPrefix(text)).isEqualTo(bytes);
    for (Multibase base : Multibase.values()) {
      if (base.prefix() == text.charAt(0)) {
        assertThat(base.encodeWithPrefix(bytes)).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsLeadingZeros(Multibase base) {
    for (String hex : new String[] {"", "00", "0000", "0001", "000000ff", "0000000000000001"}) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThat(Multibase.decodeWithPrefix(base.encodeWithPrefix(bytes))).isEqualTo(bytes);
    }
  }

  static LongStream seeds() {
    return Vectors.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatItWrote(long seed) {
    Random random = new Random(seed);
    for (Multibase base : Multibase.values()) {
      for (int i = 0; i < 50; i++) {
        byte[] bytes = Vectors.bytes(random, random.nextInt(100));
        assertThat(base.decode(base.encode(bytes))).isEqualTo(bytes);
      }
    }
  }

  @Test
  void readsBothCasesWhereCaseSaysNothing() {
    for (Multibase base : new Multibase[] {Multibase.BASE16, Multibase.BASE32, Multibase.BASE36}) {
      byte[] bytes = {1, 2, -3, 4, 99};
      assertThat(base.decode(base.encode(bytes).toUpperCase(Locale.ROOT))).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x00",
        "\u0000",
        "z0",
        "zé",
        "z\uD83D\uDE00",
        "b1",
        "ba",
        "bab",
        "bp",
        "f0",
        "fg",
        "k_",
        "u+",
        "m-",
        "uA",
        "uAB",
        "u=",
        "b="
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Multibase.decodeWithPrefix(text)).isInstanceOf(FormatException.class);
  }

  /** Base conversion takes quadratic time. */
  @Test
  void refusesTextThatTakesTooLong() {
    assertThatThrownBy(() -> Multibase.decodeWithPrefix("z" + "2".repeat(1_000_000)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("too long");
  }
}
