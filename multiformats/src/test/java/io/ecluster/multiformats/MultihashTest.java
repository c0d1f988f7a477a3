package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultihashTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

  @Test
  void isTheDigestBehindItsFunctionAndLength() {
    Multihash hash = HashFunction.SHA2_256.hash(ABC);
    assertThat(HEX.formatHex(hash.toBytes()))
        .isEqualTo("1220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(hash.code()).isEqualTo(0x12);
    assertThat(hash.digest()).hasSize(32).startsWith(0xba, 0x78);
    assertThat(hash.size()).isEqualTo(34);
    assertThat(HEX.formatHex(HashFunction.SHA2_512.hash(ABC).toBytes())).startsWith("1340ddaf35a1");
  }

  static List<HashFunction> functions() {
    return HashFunction.names().stream().flatMap(n -> HashFunction.byName(n).stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void hashesARangeAndKnowsItsData(HashFunction function) {
    byte[] padded = "--abc---".getBytes(StandardCharsets.US_ASCII);
    Multihash hash = function.hash(padded, 2, 5);
    assertThat(hash).isEqualTo(function.hash(ABC)).hasSameHashCodeAs(function.hash(ABC));
    assertThat(hash.matches(ABC)).isTrue();
    assertThat(hash.matches(padded)).isFalse();
    assertThat(HashFunction.byCode(function.code())).contains(function);
    assertThat(HashFunction.byName(function.text())).contains(function);
    assertThat(hash.digest()).hasSize(function.digestBytes());
  }

  @Test
  void matchesIdentityByItself() {
    Multihash identity = Multihash.of(Multihash.IDENTITY, ABC);
    assertThat(identity.matches(ABC)).isTrue();
    assertThat(identity.matches(new byte[0])).isFalse();
    assertThat(identity.isIdentity()).isTrue();
    assertThat(HashFunction.byCode(0x99)).isEmpty();
    assertThat(HashFunction.byName("md5")).isEmpty();
  }

  @Test
  void passesUnknownFunctionsThroughButCannotCheckThem() {
    Multihash blake = Multihash.fromBytes(HEX.parseHex("81e40204" + "01020304"));
    assertThat(blake.code()).isEqualTo(0xb201);
    assertThat(blake.digest()).containsExactly(1, 2, 3, 4);
    assertThatThrownBy(() -> blake.matches(ABC))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("0xb201");
  }

  @Test
  void sharesNoArrayWithItsCaller() {
    byte[] digest = {1, 2, 3};
    Multihash hash = Multihash.of(0, digest);
    digest[0] = 9;
    hash.toBytes()[2] = 9;
    hash.digest()[0] = 9;
    assertThat(hash.digest()).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "1220", "122000", "00020101 01", "008101", "00ffffffff7f"})
  void refuses(String hex) {
    byte[] bytes = HEX.parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> Multihash.fromBytes(bytes)).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesAnIdentityTooLongForKubo() {
    assertThat(Multihash.of(0, new byte[128]).size()).isEqualTo(131);
    assertThatThrownBy(() -> Multihash.of(0, new byte[129])).isInstanceOf(FormatException.class);
  }
}
