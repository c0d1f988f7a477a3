package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.Vectors.Vector;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Varint;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class MessageVectorsTest {
  static Stream<Vector> messages() {
    return Vectors.load("bitswap").all().stream();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void messagesOfGoAreReadAndWrittenBack(Vector vector) {
    byte[] bytes = vector.bytes();
    Message message = MessageReader.parse(bytes);
    JsonNode meaning = vector.node().get("meaning");
    JsonNode entries = meaning.path("wantlist").path("entries");
    assertThat(message.wants()).hasSize(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      check(message.wants().get(i), entries.get(i));
    }
    if (meaning.has("payload")) {
      check(message.blocks().getFirst(), meaning.get("payload"));
    }
    assertThat(body(MessageWriter.frame(message, MessageWriter.BITSWAP_1_2))).isEqualTo(bytes);
  }

  private static void check(Want want, JsonNode expected) {
    assertThat(want)
        .isEqualTo(
            new Want(
                Cid.fromBytes(HexFormat.of().parseHex(expected.get("cid").asString())),
                expected.get("priority").asInt(),
                expected.get("cancel").asBoolean(),
                expected.get("wantType").asString().equals("Have"),
                expected.get("sendDontHave").asBoolean()));
  }

  private static void check(Payload block, JsonNode expected) {
    assertThat(HexFormat.of().formatHex(block.prefix()))
        .isEqualTo(expected.get("prefix").asString());
    assertThat(HexFormat.of().formatHex(block.data())).isEqualTo(expected.get("data").asString());
    assertThat(block.hash()).contains(HashFunction.SHA2_256.hash(block.data()));
  }

  @Test
  void blocksThatGoSentHashToTheCidsThatWereWanted() {
    List<Message> all = messages().map(v -> MessageReader.parse(v.bytes())).toList();
    List<Cid> wanted =
        all.stream().flatMap(m -> m.wants().stream()).map(Want::cid).distinct().toList();
    List<Payload> blocks = all.stream().flatMap(m -> m.blocks().stream()).toList();
    assertThat(blocks).hasSize(5);
    assertThat(wanted.stream().map(Cid::hash))
        .containsAll(blocks.stream().map(b -> b.hash().orElseThrow()).toList());
    assertThat(blocks)
        .allSatisfy(b ->
            assertThat(Payload.of(wanted.getFirst(), b.data()).prefix()).isEqualTo(b.prefix()));
  }

  @Test
  void presencesSurviveTheWire() {
    Cid cid = MemoryBlocks.random(1, 1, 10).getFirst().cid();
    Message reply =
        Message.reply(List.of(), List.of(new Presence(cid, true), new Presence(cid, false)));
    assertThat(MessageReader.parse(body(MessageWriter.frame(reply, MessageWriter.BITSWAP_1_2))))
        .isEqualTo(reply);
  }

  @Test
  void theOldestProtocolCarriesBareBlocksAndNoPresences() {
    byte[] data = {1, 2, 3};
    Cid cid = Cid.v0(HashFunction.SHA2_256.hash(data));
    Message reply = Message.reply(List.of(Payload.of(cid, data)), List.of(new Presence(cid, true)));
    byte[] body = body(MessageWriter.frame(reply, "/ipfs/bitswap"));
    assertThat(body).isEqualTo(new byte[] {10, 0, 18, 3, 1, 2, 3});
    assertThat(MessageReader.parse(body).blocks().getFirst().hash()).contains(cid.hash());
  }

  private static byte[] body(byte[] frame) {
    int size = (int) Varint.get(java.nio.ByteBuffer.wrap(frame));
    return Arrays.copyOfRange(frame, frame.length - size, frame.length);
  }
}
