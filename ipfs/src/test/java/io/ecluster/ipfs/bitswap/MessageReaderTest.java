package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.FormatException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
  private static final byte[] REPLY = Vectors.load("bitswap").all().getLast().bytes();

  @Test
  void aMessageCutInsideABlockIsRefused() {
    for (int length = 3; length < REPLY.length; length++) {
      byte[] part = Arrays.copyOf(REPLY, length);
      assertThatThrownBy(() -> MessageReader.parse(part)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void changedMessagesAreRefusedOrHarmless() {
    FrameMutator frames = FrameMutator.of(Vectors.load("bitswap").everyFrame());
    int refused = frames.runBounded(50_000, MessageReaderTest::refuses);
    assertThat(refused).as(frames::describe).isBetween(10_000, 49_000);
  }

  private static boolean refuses(byte[] bytes) {
    try {
      MessageReader.parse(bytes).blocks().forEach(Payload::hash);
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  @Test
  void manyEmptyEntriesAreRefused() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i <= MessageReader.MAX_ENTRIES; i++) {
      out.writeBytes(new byte[] {26, 0});
    }
    assertThatThrownBy(() -> MessageReader.parse(out.toByteArray()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("entries");
  }

  @Test
  void anOversizedBlockIsRefused() {
    Payload large = new Payload(new byte[] {1, 0x55, 0x12, 0x20}, new byte[Block.MAX_BYTES + 1]);
    byte[] frame =
        MessageWriter.frame(
            Message.reply(java.util.List.of(large), java.util.List.of()),
            MessageWriter.BITSWAP_1_2);
    byte[] body = Arrays.copyOfRange(frame, 4, frame.length);
    assertThatThrownBy(() -> MessageReader.parse(body)).hasMessageContaining("at most");
  }

  @Test
  void aPrefixThatNamesNoKnownHashGivesNone() {
    assertThat(new Payload(new byte[0], new byte[1]).hash()).isEmpty();
    assertThat(new Payload(new byte[] {1, 0x55, 0x77, 0x20}, new byte[1]).hash()).isEmpty();
    assertThat(new Payload(new byte[] {1, 0x55, 0x12, 0x14}, new byte[1]).hash()).isEmpty();
  }
}
