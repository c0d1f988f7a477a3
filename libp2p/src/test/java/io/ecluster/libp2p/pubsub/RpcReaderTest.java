package io.ecluster.libp2p.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class RpcReaderTest {
  private static final byte[] FRAME =
      Vectors.load("gossipsub").named("deterministic metric publish").bytes();

  @Test
  void aFrameCutAnywhereIsRefused() {
    for (int length = 1; length < FRAME.length; length++) {
      byte[] part = Arrays.copyOf(FRAME, length);
      assertThatThrownBy(() -> RpcReader.parse(part)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void changedFramesAreRefusedOrHarmless() {
    FrameMutator frames = FrameMutator.of(Vectors.load("gossipsub").everyFrame());
    int refused = frames.runBounded(50_000, RpcReaderTest::refuses);
    assertThat(refused).as(frames::describe).isBetween(10_000, 49_000);
  }

  private static boolean refuses(byte[] bytes) {
    try {
      RpcReader.parse(bytes).messages().forEach(SignedMessage::author);
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  @Test
  void anOversizedFrameIsRefusedBeforeItIsRead() {
    byte[] head = Varint.encode(RpcReader.MAX_FRAME_BYTES + 1L);
    assertThatThrownBy(() -> RpcReader.next(new ByteArrayInputStream(head)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most");
  }

  @Test
  void aStreamMayEndBetweenFramesButNotInsideOne() throws IOException {
    assertThat(RpcReader.next(new ByteArrayInputStream(new byte[0]))).isEmpty();
    assertThatThrownBy(() -> RpcReader.next(new ByteArrayInputStream(new byte[] {5, 1})))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void manyEmptyEntriesAreRefused() {
    assertThatThrownBy(() -> RpcReader.parse(repeat(new byte[] {10, 0}, 5_000)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> RpcReader.parse(repeat(new byte[] {18, 0}, 50_000)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> RpcReader.parse(repeat(new byte[] {26, 4, 18, 2, 10, 0}, 50_000)))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void unknownFieldsAreSkipped() {
    byte[] idontwant = {26, 4, 42, 2, 10, 0};
    byte[] extension = {(byte) 0xa2, (byte) 0xe3, (byte) 0xe1, 24, 1, 0};
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(idontwant);
    both.writeBytes(extension);
    both.writeBytes(FRAME);
    assertThat(RpcReader.parse(both.toByteArray()).messages()).hasSize(1);
  }

  @Test
  void endlessTopicNamesAreRefused() {
    String name = String.join("", Collections.nCopies(5_000, "x"));
    byte[] body = RpcWriter.body(Rpc.prune(name, 1));
    assertThatThrownBy(() -> RpcReader.parse(body)).isInstanceOf(FormatException.class);
  }

  private static byte[] repeat(byte[] part, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
