package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class MultiaddrTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final PeerId ID =
      PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");

  /** Go reads them: an IPv4 address as IPv6, and a name that is no UTF-8 but is written as if. */
  private static final Set<String> ONLY_GO = Set.of("/ip6/1.2.3.4", "3501ff");

  static List<JsonNode> gosTexts() {
    return Vectors.list("multiformats.json", "multiaddrs");
  }

  @ParameterizedTest
  @MethodSource("gosTexts")
  void readsAndWritesTextAsGo(JsonNode vector) {
    String text = Vectors.text(vector, "text");
    if (vector.has("error") || ONLY_GO.contains(text)) {
      assertThatThrownBy(() -> Multiaddr.parse(text)).isInstanceOf(FormatException.class);
    } else {
      Multiaddr address = Multiaddr.parse(text);
      assertThat(HEX.formatHex(address.toBytes())).isEqualTo(Vectors.text(vector, "hex"));
      assertThat(address).hasToString(Vectors.text(vector, "canonical"));
      assertThat(Multiaddr.fromBytes(address.toBytes())).isEqualTo(address);
    }
  }

  static List<JsonNode> gosBytes() {
    return Vectors.list("multiformats.json", "multiaddrBytes");
  }

  @ParameterizedTest
  @MethodSource("gosBytes")
  void readsBytesAsGo(JsonNode vector) {
    String hex = Vectors.text(vector, "hex");
    if (vector.has("error") || ONLY_GO.contains(hex)) {
      assertThatThrownBy(() -> Multiaddr.fromBytes(HEX.parseHex(hex)))
          .isInstanceOf(FormatException.class);
    } else {
      assertThat(Multiaddr.fromBytes(HEX.parseHex(hex)))
          .hasToString(Vectors.text(vector, "canonical"));
    }
  }

  static LongStream seeds() {
    return Vectors.seeds();
  }

  /** Whatever can be read can be written, as bytes and as text, and read again. */
  @ParameterizedTest
  @MethodSource("seeds")
  void survivesDamage(long seed) {
    Random random = new Random(seed);
    List<JsonNode> good = gosTexts().stream().filter(v -> v.has("hex")).toList();
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = HEX.parseHex(Vectors.text(good.get(random.nextInt(good.size())), "hex"));
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      try {
        Multiaddr address = Multiaddr.fromBytes(cut);
        assertThat(address.toBytes()).isEqualTo(cut);
        if (!address.toString().endsWith("/")) {
          assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
        }
      } catch (FormatException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void knowsItsParts() {
    Multiaddr address = Multiaddr.parse("/ip4/1.2.3.4/tcp/4001");
    assertThat(address.value(AddressProtocol.TCP)).contains("4001");
    assertThat(address.value(AddressProtocol.UDP)).isEmpty();
    assertThat(address.peerId()).isEmpty();
    assertThat(address.withPeerId(ID)).hasToString("/ip4/1.2.3.4/tcp/4001/p2p/" + ID);
    assertThat(address.withPeerId(ID).peerId()).contains(ID);
    assertThat(address.withPeerId(ID).withPeerId(ID)).isEqualTo(address.withPeerId(ID));
    assertThat(address.withPeerId(ID).withoutPeerId()).isEqualTo(address);
    assertThat(address.withoutPeerId()).isEqualTo(address);
  }

  @Test
  void isNothingWithoutAnAddress() {
    Multiaddr onlyId = Multiaddr.parse("/p2p/" + ID);
    assertThatThrownBy(onlyId::withoutPeerId).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesValuesThatAreTooLong() {
    assertThatThrownBy(() -> Multiaddr.fromBytes(HEX.parseHex("35ffffffff07")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("bytes for dns");
    assertThatThrownBy(() -> Multiaddr.parse("/dns/" + "a".repeat(5000)))
        .isInstanceOf(FormatException.class);
  }
}
