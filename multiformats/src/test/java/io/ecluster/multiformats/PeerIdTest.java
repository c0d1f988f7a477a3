package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class PeerIdTest {
  private static final HexFormat HEX = HexFormat.of();

  static List<JsonNode> gosKeys() {
    return Vectors.list("keys.json", "vectors");
  }

  /** Ed25519 and secp256k1 keys are their own ids, RSA and ECDSA keys are hashed. */
  @ParameterizedTest
  @MethodSource("gosKeys")
  void isMadeOfAPublicKeyAsGoDoes(JsonNode vector) {
    JsonNode meaning = vector.get("meaning");
    PeerId id = PeerId.ofPublicKey(HEX.parseHex(meaning.get("publicKeyProto").asString()));
    assertThat(id).hasToString(meaning.get("peerID").asString());
    assertThat(HEX.formatHex(id.toBytes())).isEqualTo(meaning.get("peerIDBytes").asString());
    assertThat(PeerId.fromBytes(id.toBytes())).isEqualTo(id);
    assertThat(PeerId.parse(meaning.get("peerID").asString())).isEqualTo(id);
    assertThat(PeerId.parse(meaning.get("peerIDCid").asString())).isEqualTo(id);
  }

  static List<JsonNode> gosTexts() {
    return Vectors.list("multiformats.json", "peerIds");
  }

  @ParameterizedTest
  @MethodSource("gosTexts")
  void readsTextAsGo(JsonNode vector) {
    String text = Vectors.text(vector, "text");
    if (vector.has("error")) {
      assertThatThrownBy(() -> PeerId.parse(text)).isInstanceOf(FormatException.class);
    } else {
      assertThat(PeerId.parse(text)).hasToString(Vectors.text(vector, "canonical"));
      assertThat(HEX.formatHex(PeerId.parse(text).toBytes()))
          .isEqualTo(Vectors.text(vector, "hex"));
    }
  }

  @Test
  void ordersByBytes() {
    PeerId low = PeerId.fromBytes(HEX.parseHex("00017f"));
    PeerId high = PeerId.fromBytes(HEX.parseHex("000180"));
    assertThat(low).isLessThan(high);
  }
}
