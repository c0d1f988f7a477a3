package io.ecluster.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.crypto.PublicKey;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentifyMessageTest {
  private final Vectors vectors = Vectors.load("identify");
  private final byte[] live = vectors.named("live identify").bytes();
  private final byte[] envelope = vectors.named("deterministic signed peer record").bytes();

  private static IdentifyMessage read(byte[] bytes) throws IOException {
    return IdentifyMessage.readAll(new ByteArrayInputStream(bytes));
  }

  @Test
  void aLiveMessageOfGoIsRead() throws IOException {
    IdentifyMessage message = read(live);
    assertThat(message.agent()).isEqualTo("github.com/ipfs-cluster/ipfs-cluster@v1.1.6");
    assertThat(message.addresses())
        .containsExactly(
            Multiaddr.parse("/ip4/127.0.0.1/tcp/19106"),
            Multiaddr.parse("/ip4/127.0.0.1/tcp/19107/ws"));
    assertThat(message.observed()).contains(Multiaddr.parse("/ip4/127.0.0.1/tcp/49610"));
    assertThat(message.protocols())
        .hasSize(16)
        .contains("/ipfscluster/1.0/rpc", "/meshsub/1.3.0", "/ipfs/ping/1.0.0");
    PublicKey key = PublicKey.fromProtobuf(message.publicKey().orElseThrow());
    SignedPeerRecord signed = SignedPeerRecord.open(message.signedRecord().orElseThrow());
    assertThat(signed.peer()).isEqualTo(key.peerId());
    assertThat(signed.addresses()).isEqualTo(message.addresses());
    assertThat(signed.sequence()).isEqualTo(1795396720778596704L);
  }

  @Test
  void aMessageInTwoPartsIsMerged() throws IOException {
    IdentifyMessage whole = read(live);
    byte[] first =
        new IdentifyMessage(
                whole.publicKey(),
                whole.addresses(),
                whole.protocols(),
                Optional.empty(),
                "",
                whole.agent(),
                Optional.empty())
            .toFrame();
    byte[] second =
        new IdentifyMessage(
                Optional.empty(),
                List.of(),
                Set.of(),
                whole.observed(),
                "",
                whole.agent(),
                whole.signedRecord())
            .toFrame();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.writeBytes(second);
    IdentifyMessage merged = read(both.toByteArray());
    assertThat(merged.addresses()).isEqualTo(whole.addresses());
    assertThat(merged.protocols()).isEqualTo(whole.protocols());
    assertThat(merged.signedRecord().orElseThrow()).isEqualTo(whole.signedRecord().orElseThrow());
  }

  @Test
  void aSignedRecordMustBeSignedByItsPeer() {
    SignedPeerRecord signed = SignedPeerRecord.open(envelope);
    assertThat(signed.peer()).isEqualTo(FakeNetwork.identity(1).id());
    assertThat(signed.addresses()).containsExactly(Multiaddr.parse("/ip4/10.0.0.1/tcp/9096"));
    for (int at = 0; at < envelope.length; at++) {
      byte[] damaged = envelope.clone();
      damaged[at] ^= 1;
      assertThatThrownBy(() -> SignedPeerRecord.open(damaged))
          .as("byte %d", at)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void ourOwnMessageStaysSmallHoweverManyAddressesWeHave() throws IOException {
    List<Multiaddr> many = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      many.add(Multiaddr.parse("/ip4/10.0.0.1/tcp/" + (1 + i)));
    }
    IdentifyMessage message =
        new IdentifyMessage(
            Optional.empty(), many, Set.of("/a"), Optional.empty(), "", "x", Optional.empty());
    byte[] frame = message.toFrame();
    assertThat(frame.length).isLessThan(4100);
    assertThat(read(frame).protocols()).containsExactly("/a");
    assertThat(read(frame).addresses()).hasSizeGreaterThan(200);
  }

  @Test
  void unknownKindsOfAddressAreLeftOut() throws IOException {
    byte[] message = {18, 3, (byte) 0xff, 1, 9, 18, 8, 4, 1, 2, 3, 4, 6, 0, 80};
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    Varint.write(frame, message.length);
    frame.writeBytes(message);
    assertThat(read(frame.toByteArray()).addresses())
        .containsExactly(Multiaddr.parse("/ip4/1.2.3.4/tcp/80"));
  }

  @Test
  void tooManyOrTooLargeMessagesAreRefused() {
    byte[] elevenEmpty = new byte[11];
    assertThatThrownBy(() -> read(elevenEmpty)).isInstanceOf(FormatException.class);
    byte[] huge = Varint.encode(1L << 40);
    assertThatThrownBy(() -> read(huge)).isInstanceOf(FormatException.class);
    byte[] cut = Arrays.copyOf(live, live.length - 1);
    assertThatThrownBy(() -> read(cut)).isInstanceOf(FormatException.class);
  }

  @Test
  void changedMessagesAreReadOrRefused() {
    FrameMutator frames = FrameMutator.of(List.of(live));
    int refused = frames.runBounded(20_000, IdentifyMessageTest::refuses);
    assertThat(refused).as(frames::describe).isBetween(2_000, 19_000);
  }

  /** A signed record is looked at only once the rest could be read. */
  private static boolean refuses(byte[] bytes) {
    try {
      read(bytes).signedRecord().ifPresent(SignedPeerRecord::open);
      return false;
    } catch (FormatException | IOException e) {
      return true;
    }
  }
}
