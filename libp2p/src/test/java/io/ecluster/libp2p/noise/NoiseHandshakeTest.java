package io.ecluster.libp2p.noise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.net.MemoryWire;
import io.ecluster.libp2p.net.Wire;
import io.ecluster.libp2p.net.WireReader;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;

class NoiseHandshakeTest {
  private static final String MUXER = "/yamux/1.0.0";
  private static final Identity ONE = FakeNetwork.identity(1);
  private static final Identity TWO = FakeNetwork.identity(2);

  private final Vectors vectors = Vectors.load("noise");
  private final byte[] first = vectors.named("message 1 (framed)").bytes();
  private final byte[] second = vectors.named("message 2 (framed)").bytes();
  private final byte[] third = vectors.named("message 3 (framed)").bytes();
  private final byte[] hello = vectors.named("transport message 1 initiator (framed)").bytes();

  private static NoiseHandshake withKeys(Wire wire, Identity identity, int key, int ephemeral) {
    return new NoiseHandshake(
        wire, new WireReader(wire), identity, List.of(MUXER), x25519(key), x25519(ephemeral));
  }

  private static NoiseHandshake fresh(Wire wire, Identity identity, String... muxers) {
    return new NoiseHandshake(
        wire, new WireReader(wire), identity, List.of(muxers), new SecureRandom());
  }

  private static X25519PrivateKeyParameters x25519(int value) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) value);
    return new X25519PrivateKeyParameters(key);
  }

  @Test
  void theInitiatorSpeaksAsGoDoes() throws IOException {
    byte[] reply = vectors.named("transport message 1 responder (framed)").bytes();
    MemoryWire wire = MemoryWire.reading(second, reply);
    NoiseHandshake handshake = withKeys(wire, ONE, 0x21, 0x31);
    SecureChannel channel = handshake.initiate(TWO.id());
    assertThat(wire.written()).isEqualTo(first);
    assertThat(wire.written()).isEqualTo(third);
    assertThat(handshake.hash()).isEqualTo(vectors.named("handshake hash").bytes());
    assertThat(channel.muxer()).contains(MUXER);
    send(channel, "hello from initiator");
    send(channel, "second");
    assertThat(wire.written()).isEqualTo(hello);
    assertThat(wire.written())
        .isEqualTo(vectors.named("transport message 2 initiator (framed)").bytes());
    assertThat(channel.read()).asString().isEqualTo("hello from responder");
  }

  @Test
  void theResponderSpeaksAsGoDoes() throws IOException {
    MemoryWire wire = MemoryWire.reading(first, third, hello);
    SecureChannel channel = withKeys(wire, TWO, 0x22, 0x32).respond();
    assertThat(wire.written()).isEqualTo(second);
    assertThat(channel.remotePeer()).isEqualTo(ONE.id());
    assertThat(channel.read()).asString().isEqualTo("hello from initiator");
    send(channel, "hello from responder");
    assertThat(wire.written())
        .isEqualTo(vectors.named("transport message 1 responder (framed)").bytes());
  }

  private static void send(SecureChannel channel, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    channel.write(bytes, 0, bytes.length);
    channel.flush();
  }

  @Test
  void thePayloadsAreThoseOfGo() throws IOException {
    byte[] key = vectors.named("keys").meaningBytes("initiatorStaticPub");
    byte[] expected = vectors.named("initiator payload protobuf").bytes();
    assertThat(HandshakePayload.of(ONE, key, List.of(MUXER)).toBytes()).isEqualTo(expected);
    assertThat(HandshakePayload.parse(expected).verified(key).peerId()).isEqualTo(ONE.id());
  }

  @Test
  void anotherPeerIsRefused() {
    MemoryWire wire = MemoryWire.reading(second);
    assertThatThrownBy(() -> withKeys(wire, ONE, 0x21, 0x31).initiate(ONE.id()))
        .isInstanceOf(NoiseException.class)
        .hasMessageContaining("not " + ONE.id());
  }

  @Test
  void everyFlippedBitIsNoticedByTheInitiator() {
    for (int at = 2; at < second.length; at++) {
      byte[] damaged = second.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      // The top bit of an X25519 key does not count.
      if (at != 33 || at % 8 != 7) {
        MemoryWire wire = MemoryWire.reading(damaged);
        assertThatThrownBy(() -> withKeys(wire, ONE, 0x21, 0x31).initiate(TWO.id()))
            .isInstanceOf(NoiseException.class);
      }
    }
  }

  @Test
  void everyFlippedBitIsNoticedByTheResponder() {
    for (int at = 2; at < third.length; at++) {
      byte[] damaged = third.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      MemoryWire wire = MemoryWire.reading(first, damaged);
      assertThatThrownBy(() -> withKeys(wire, TWO, 0x22, 0x32).respond())
          .isInstanceOf(NoiseException.class);
    }
  }

  @Test
  void aKeyOfLowOrderIsRefused() {
    byte[] zero = first.clone();
    Arrays.fill(zero, 2, zero.length, (byte) 0);
    assertThatThrownBy(() -> withKeys(MemoryWire.reading(zero), TWO, 0x22, 0x32).respond())
        .isInstanceOf(NoiseException.class)
        .hasMessageContaining("low order");
  }

  @Test
  void changedMessagesEndInAnIoException() {
    FrameMutator messages = FrameMutator.of(Vectors.load("noise").everyFrame());
    messages.runBounded(
        2_000,
        512 << 10,
        16,
        bytes -> {
          assertThatThrownBy(() -> withKeys(MemoryWire.reading(bytes), TWO, 0x22, 0x32).respond())
              .isInstanceOf(IOException.class);
          return true;
        });
  }

  /** What is inside of the messages comes from somebody who can encrypt. */
  @Test
  void changedPayloadsAreVerifiedOrRefused() {
    Vectors vectors = Vectors.load("noise");
    FrameMutator payloads =
        FrameMutator.of(
            List.of(
                vectors.named("initiator payload protobuf").bytes(),
                vectors.named("responder payload protobuf").bytes()));
    int refused = payloads.runBounded(5_000, NoiseHandshakeTest::refusesPayload);
    assertThat(refused).as(payloads::describe).isBetween(1_000, 4_999);
  }

  private static final byte[] INITIATOR_KEY =
      Vectors.load("noise").named("keys").meaningBytes("initiatorStaticPub");

  private static boolean refusesPayload(byte[] bytes) {
    try {
      HandshakePayload.parse(bytes).verified(INITIATOR_KEY);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void withoutACommonMuxerNoneIsAgreedOn() throws Exception {
    List<MemoryWire> wires = MemoryWire.pair();
    CompletableFuture<SecureChannel> responder = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            responder.complete(fresh(wires.get(1), TWO).respond());
          } catch (IOException e) {
            responder.completeExceptionally(e);
          }
        });
    SecureChannel initiator = fresh(wires.get(0), ONE, MUXER).initiate(TWO.id());
    assertThat(initiator.muxer()).isEmpty();
    assertThat(responder.get().muxer()).isEmpty();
  }

  @Test
  void largeWritesAreCutIntoFullMessagesAndReassembled() throws Exception {
    List<MemoryWire> wires = MemoryWire.pair();
    CompletableFuture<SecureChannel> responder = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            responder.complete(fresh(wires.get(1), TWO, MUXER).respond());
          } catch (IOException e) {
            responder.completeExceptionally(e);
          }
        });
    SecureChannel sender = fresh(wires.get(0), ONE, MUXER).initiate(TWO.id());
    byte[] data = new byte[200_000];
    new Random(3).nextBytes(data);
    sender.write(data, 0, data.length);
    sender.flush();
    SecureChannel receiver = responder.get();
    byte[] got = new byte[0];
    while (got.length < data.length) {
      byte[] part = receiver.read();
      assertThat(part.length).isLessThanOrEqualTo(SecureChannel.MAX_PLAINTEXT_BYTES);
      got = Arrays.copyOf(got, got.length + part.length);
      System.arraycopy(part, 0, got, got.length - part.length, part.length);
    }
    assertThat(got).isEqualTo(data);
  }
}
