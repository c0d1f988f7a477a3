package io.ecluster.libp2p.kad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KadCodecTest {
  private static final List<Vectors.Vector> VECTORS = Vectors.load("kad").all();

  @Test
  void goesMessagesMeanWhatTheySayAndAreWrittenTheSame() {
    assertThat(VECTORS).hasSizeGreaterThan(10);
    for (Vectors.Vector vector : VECTORS) {
      KadMessage message = KadCodec.parse(vector.bytes());
      assertThat(message.type()).hasToString(vector.meaning("type"));
      assertThat(HexFormat.of().formatHex(message.key())).isEqualTo(vector.meaning("key"));
      assertThat(message.closer()).isEqualTo(peers(vector.node().get("meaning")));
      assertThat(KadCodec.body(message)).isEqualTo(vector.bytes());
    }
  }

  private static List<KadPeer> peers(JsonNode meaning) {
    List<KadPeer> peers = new ArrayList<>();
    for (JsonNode peer : meaning.get("closerPeers")) {
      List<Multiaddr> addresses = new ArrayList<>();
      peer.get("addrs").forEach(each -> addresses.add(Multiaddr.parse(each.asString())));
      peers.add(
          new KadPeer(
              PeerId.parse(peer.get("id").asString()),
              addresses,
              peer.get("connection").asString().equals("CONNECTED")));
    }
    return peers;
  }

  /** Go's client takes the value out of it without looking whether it is there. */
  @Test
  void theAnswerToAPutHasAnEmptyRecord() {
    KadMessage answer =
        new KadMessage(KadMessage.Type.PUT_VALUE, new byte[] {7}, List.of(), List.of());
    assertThat(KadCodec.body(answer)).containsExactly(0x12, 1, 7, 0x1a, 0, 0x50, 1);
  }

  @Test
  void changedMessagesAreRefusedOrHarmless() {
    FrameMutator frames = FrameMutator.of(VECTORS.stream().map(Vectors.Vector::bytes).toList());
    int refused = frames.runBounded(50_000, KadCodecTest::refuses);
    assertThat(refused).as(frames::describe).isBetween(10_000, 49_000);
  }

  /** What can be read can be written and read again. */
  private static boolean refuses(byte[] bytes) {
    try {
      KadMessage message = KadCodec.parse(bytes);
      assertThat(KadCodec.parse(KadCodec.body(message)).closer()).isEqualTo(message.closer());
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  @Test
  void whatIsTooLongIsRefusedBeforeItIsRead() {
    byte[] head = Varint.encode(KadCodec.MAX_FRAME_BYTES + 1L);
    assertThatThrownBy(() -> KadCodec.next(new ByteArrayInputStream(head)))
        .isInstanceOf(FormatException.class);
    KadMessage longKey = KadMessage.findNode(new byte[KadCodec.MAX_KEY_BYTES + 1]);
    assertThatThrownBy(() -> KadCodec.parse(KadCodec.body(longKey)))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void manyPeersAreRefused() {
    byte[] empty = {66, 0};
    byte[] many = new byte[(KadCodec.MAX_PEERS + 1) * 2];
    for (int i = 0; i < many.length; i++) {
      many[i] = empty[i & 1];
    }
    assertThat(KadCodec.parse(many).closer()).isEmpty(); // peers without an id are none
    KadPeer peer = new KadPeer(FakeNetwork.identity(1).id(), List.of(), false);
    KadMessage full = KadMessage.nodes(Collections.nCopies(KadCodec.MAX_PEERS, peer));
    KadMessage over = KadMessage.nodes(Collections.nCopies(KadCodec.MAX_PEERS + 1, peer));
    assertThat(KadCodec.parse(KadCodec.body(full)).closer()).hasSize(KadCodec.MAX_PEERS);
    assertThatThrownBy(() -> KadCodec.parse(KadCodec.body(over)))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void aStreamMayEndBetweenMessagesButNotInsideOne() throws IOException {
    assertThat(KadCodec.next(new ByteArrayInputStream(new byte[0]))).isEmpty();
    assertThatThrownBy(() -> KadCodec.next(new ByteArrayInputStream(new byte[] {5, 8})))
        .isInstanceOf(EOFException.class);
  }
}
