package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.FormatException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnixFsTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0801", // a folder
        "08021800", // an empty file
        "080212036162631803", // a file of "abc"
        "080218acca0820acaa08208020", // a file over two blocks
        "08041203612f62", // a symlink
        "0805120101282230800 2", // a shard of a folder
        "08001200", // raw, with data that is there and empty
        "0803" // metadata
      })
  void readsAndWritesTheSame(String hex) {
    byte[] bytes = HEX.parseHex(hex.replace(" ", ""));
    assertThat(UnixFs.decode(bytes).encode()).isEqualTo(bytes);
  }

  @Test
  void readsEveryField() {
    UnixFs shard = UnixFs.decode(HEX.parseHex("08051201012822308002"));
    assertThat(shard.type()).isEqualTo(UnixFs.Type.HAMT_SHARD);
    assertThat(shard.data()).containsExactly(1);
    assertThat(shard.hashType()).isEqualTo(0x22);
    assertThat(shard.fanout()).isEqualTo(256);
    assertThat(shard.fileSize()).isNull();
    assertThat(shard.sizeOrZero()).isZero();
  }

  @Test
  void readsPackedBlockSizesAsProtobufReadersMust() {
    assertThat(UnixFs.decode(HEX.parseHex("0802180322020102")).blockSizes())
        .containsExactly(1L, 2L);
  }

  @Test
  void readsOverModeTimeAndWhatItDoesNotKnow() {
    byte[] bytes = HEX.parseHex("0802120161180138a4034207080515000000007801");
    assertThat(UnixFs.decode(bytes).encode()).isEqualTo(HEX.parseHex("08021201611801"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', without a type",
    "1800, without a type",
    "0806, unknown UnixFS type",
    "08ffffffffffffffffff01, unknown UnixFS type",
    "08, malformed",
    "08021205, malformed",
    "0802220501, malformed",
    "08021801, says 1 bytes and holds 0",
    "0802120161, ''",
    "08021201611802, says 2 bytes and holds 1",
    "080220ffffffffffffffffff01, overflow",
    "080220ffffffffffffffff7f20ffffffffffffffff7f, overflow",
    "080218ffffffffffffffffff01, says -1"
  })
  void refusesNonsense(String hex, String why) {
    if (why.isEmpty()) {
      assertThat(UnixFs.decode(HEX.parseHex(hex)).fileSize()).isNull();
    } else {
      assertThatThrownBy(() -> UnixFs.decode(HEX.parseHex(hex)))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void wrapsALeafAsTheGeneralCodecsWould() {
    for (UnixFs.Type type : List.of(UnixFs.Type.FILE, UnixFs.Type.RAW)) {
      for (int length : new int[] {0, 1, 100, 127, 128, 20_000, 262_144}) {
        byte[] data = KuboRoots.data(length);
        byte[] message = UnixFs.leaf(data, type).encode();
        assertThat(FileImporter.wrapped(data, type))
            .isEqualTo(DagPb.encode(new PbNode(List.of(), message)));
      }
    }
  }
}
