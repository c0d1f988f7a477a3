package io.ecluster.libp2p.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.Vectors.Vector;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class RpcVectorsTest {
  private static final String METRICS = "monitor.metrics";
  private static final String PINS = "fzhnp2UwTBkgNabrJi1VanzwgN";

  static Stream<Vector> frames() {
    return Vectors.load("gossipsub").all().stream();
  }

  static Stream<Vector> framesWithMessages() {
    return frames().filter(v -> v.node().get("meaning").has("publish"));
  }

  static Stream<Vector> handWrittenFrames() {
    return Vectors.load("minimal_peer").all().stream()
        .filter(
            v -> v.text("name").startsWith("gossipsub") || v.text("name").startsWith("publish"));
  }

  @ParameterizedTest
  @MethodSource("framesWithMessages")
  void messagesOfGoAreReadCheckedAndWrittenBack(Vector vector) {
    Rpc rpc = RpcReader.parse(vector.bytes());
    JsonNode expected = vector.node().get("meaning").get("publish");
    assertThat(rpc.messages()).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      check(rpc.messages().get(i), expected.get(i));
    }
    assertThat(RpcWriter.body(rpc)).isEqualTo(vector.bytes());
  }

  private static void check(SignedMessage message, JsonNode expected) {
    assertThat(message.topic()).isEqualTo(expected.get("topic").asString());
    assertThat(hex(message.id())).isEqualTo(expected.get("messageID").asString());
    assertThat(HexFormat.of().formatHex(message.signedBytes()))
        .isEqualTo(expected.get("signedBytes").asString());
    assertThat(message.author()).contains(PeerId.parse(expected.get("from").asString()));
    assertThat(hex(message.payload())).isEqualTo(expected.get("data").asString());
  }

  @Test
  void ourSignatureIsGosByteForByte() {
    Vector vector = Vectors.load("gossipsub").named("deterministic metric publish");
    SignedMessage theirs = RpcReader.parse(vector.bytes()).messages().getFirst();
    long sequence = Long.parseUnsignedLong(hex(theirs.sequence()), 16);
    SignedMessage ours =
        SignedMessage.sign(
            FakeNetwork.identity(1), sequence, METRICS, theirs.payload().toByteArray());
    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void aHelloOfGoListsTheTopics() {
    Vector vector = Vectors.load("gossipsub").named("live go1->observer #1");
    assertThat(RpcReader.parse(vector.bytes()).subscriptions())
        .containsExactly(new Rpc.Subscription(true, METRICS), new Rpc.Subscription(true, PINS));
  }

  @ParameterizedTest
  @MethodSource("handWrittenFrames")
  void framesThatGoAcceptedAreWrittenTheSame(Vector vector) throws IOException {
    Rpc rpc = RpcReader.next(new ByteArrayInputStream(vector.bytes())).orElseThrow();
    assertThat(RpcWriter.frame(rpc)).isEqualTo(vector.bytes());
    assertThat(rpc.messages()).allMatch(m -> m.author().isPresent());
  }

  @Test
  void helloAndGraftAreTheFramesThatGoAccepted() {
    Vectors vectors = Vectors.load("minimal_peer");
    assertThat(RpcWriter.frame(Rpc.subscriptions(List.of(METRICS, PINS))))
        .isEqualTo(vectors.named("gossipsub hello").bytes());
    assertThat(RpcWriter.frame(Rpc.graft(List.of(METRICS, PINS))))
        .isEqualTo(vectors.named("gossipsub graft").bytes());
  }

  @Test
  void controlMessagesSurviveTheWire() {
    ByteString id = ByteString.copyFrom(new byte[24]);
    List<Rpc> all =
        List.of(Rpc.have(METRICS, List.of(id, id)), Rpc.want(List.of(id)), Rpc.prune(PINS, 60));
    for (Rpc rpc : all) {
      assertThat(RpcReader.parse(RpcWriter.body(rpc))).isEqualTo(rpc);
    }
  }

  @Test
  void anyChangedBitBreaksTheSignature() {
    Vector vector = Vectors.load("gossipsub").named("deterministic metric publish");
    SignedMessage whole = RpcReader.parse(vector.bytes()).messages().getFirst();
    byte[] data = whole.payload().toByteArray();
    data[3] ^= 1;
    SignedMessage changed =
        new SignedMessage(
            whole.from(),
            ByteString.copyFrom(data),
            whole.sequence(),
            whole.topic(),
            whole.signature(),
            null);
    assertThat(whole.author()).isPresent();
    assertThat(changed.author()).isEmpty();
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
