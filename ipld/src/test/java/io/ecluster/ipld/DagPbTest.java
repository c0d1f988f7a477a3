package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DagPbTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Cid EMPTY_FILE = Cid.parse("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
  private static final Cid EMPTY_RAW =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  /** By Kubo's dag put, from dag-json in which the first link has neither name nor size. */
  private static final String KUBO =
      "12240a221220bfccda787baba32b59c78450ac3d20b633360b43992c77289f9ed46d843561e6122c0a240155"
          + "1220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85512017818ac02"
          + "0a020102";

  @Test
  void readsANodeOfKubo() {
    PbNode node = DagPb.decode(HEX.parseHex(KUBO));
    assertThat(node.links())
        .containsExactly(new PbLink(EMPTY_FILE, "", 0), new PbLink(EMPTY_RAW, "x", 300));
    assertThat(node.data()).containsExactly(1, 2);
  }

  @Test
  void tellsAbsentDataFromEmptyData() {
    assertThat(DagPb.encode(PbNode.withoutData(List.of()))).isEmpty();
    assertThat(DagPb.encode(new PbNode(List.of(), new byte[0]))).isEqualTo(HEX.parseHex("0a00"));
    assertThat(DagPb.decode(new byte[0]).data()).isNull();
    assertThat(DagPb.decode(HEX.parseHex("0a00")).data()).isEmpty();
  }

  @Test
  void readsDataBeforeLinks() {
    byte[] links = Arrays.copyOf(HEX.parseHex(KUBO), KUBO.length() / 2 - 4);
    byte[] bytes = HEX.parseHex("0a020102" + HEX.formatHex(links));
    assertThat(DagPb.decode(bytes).links()).isEqualTo(DagPb.decode(HEX.parseHex(KUBO)).links());
  }

  @Test
  void sortsLinksByTheBytesOfTheirNamesAndKeepsTheOrderOfEquals() {
    List<PbLink> links = new ArrayList<>();
    for (String name : List.of("\uD83D\uDE00", "\uFFEE", "b", "a", "")) {
      links.add(new PbLink(EMPTY_FILE, name, 1));
      links.add(new PbLink(EMPTY_RAW, name, 2));
    }
    List<PbLink> read = DagPb.decode(DagPb.encode(PbNode.withoutData(links))).links();
    assertThat(read)
        .extracting(PbLink::name)
        .containsExactly(
            "", "", "a", "a", "b", "b", "\uFFEE", "\uFFEE", "\uD83D\uDE00", "\uD83D\uDE00");
    assertThat(read).extracting(PbLink::tsize).startsWith(1L, 2L, 1L, 2L);
  }

  static LongStream seeds() {
    return Seeds.few();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatItWrote(long seed) {
    Random random = new Random(seed);
    List<PbLink> links = new ArrayList<>();
    for (int i = random.nextInt(200); i > 0; i--) {
      Cid cid = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(Seeds.bytes(random, 4)));
      links.add(new PbLink(cid, "", random.nextLong() & Long.MAX_VALUE));
    }
    byte[] data = Seeds.bytes(random, random.nextInt(1000));
    PbNode read = DagPb.decode(DagPb.encode(new PbNode(links, data)));
    assertThat(read.links()).isEqualTo(links);
    assertThat(read.data()).isEqualTo(data);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void survivesDamage(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = HEX.parseHex(KUBO);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      try {
        assertThat(DagPb.encode(DagPb.decode(cut))).isNotNull();
      } catch (FormatException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0a, malformed",
    "0a05, malformed",
    "0affffffff0f, malformed",
    "0affffffff7f, malformed",
    "12ffffffff07, malformed",
    "0a000a00, repeated",
    "1a00, unexpected",
    "0800, unexpected",
    "00, malformed",
    "1200, without a hash",
    "12020a00, cut short",
    "12030a0101, cut short",
    "120f0a0d01551200000000000000000000, bytes follow",
    "12040a02 0000, unknown CID version",
    "0b0c, unexpected",
    "ffffffffffffffffffffff, malformed"
  })
  void refuses(String hex, String why) {
    assertThatThrownBy(() -> DagPb.decode(HEX.parseHex(hex.replace(" ", ""))))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesMoreThanABlock() {
    assertThatThrownBy(() -> DagPb.decode(new byte[Block.MAX_BYTES + 1]))
        .hasMessageContaining("too large");
  }
}
