package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "255, ff01",
    "300, ac02",
    "16383, ff7f",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void writesAndReadsAsTheSpecificationSays(long value, String hex) throws IOException {
    byte[] bytes = HEX.parseHex(hex);
    assertThat(Varint.encode(value)).isEqualTo(bytes);
    assertThat(Varint.size(value)).isEqualTo(bytes.length);
    assertThat(Varint.get(ByteBuffer.wrap(bytes))).isEqualTo(value);
    assertThat(Varint.read(new ByteArrayInputStream(bytes))).isEqualTo(value);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Varint.write(out, value);
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  static LongStream seeds() {
    return Vectors.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatItWroteAndNothingBehind(long seed) throws IOException {
    Random random = new Random(seed);
    ByteBuffer buffer = ByteBuffer.allocate(2000 * Varint.MAX_BYTES);
    long[] values = random.longs(2000).map(v -> v >>> (1 + random.nextInt(63))).toArray();
    for (long value : values) {
      Varint.put(buffer, value);
    }
    buffer.flip();
    ByteArrayInputStream stream = new ByteArrayInputStream(buffer.array(), 0, buffer.limit());
    for (long value : values) {
      assertThat(Varint.get(buffer)).isEqualTo(value);
      assertThat(Varint.read(stream)).isEqualTo(value);
    }
    assertThat(buffer.hasRemaining()).isFalse();
    assertThat(stream.available()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"8000", "ff00", "80808000", "ffffffffffffffffff01", "80808080808080808001"})
  void refusesWhatIsNotMinimalOrTooLong(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    assertThatThrownBy(() -> Varint.get(ByteBuffer.wrap(bytes)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> Varint.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(FormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "ffff", "ffffffffffffffff"})
  void saysWhenTheInputEnds(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    assertThatThrownBy(() -> Varint.get(ByteBuffer.wrap(bytes)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("cut short");
    assertThatThrownBy(() -> Varint.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void writesNothingNegative() {
    assertThatThrownBy(() -> Varint.encode(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
