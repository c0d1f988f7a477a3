package io.ecluster.ipfs.bitswap;

import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Set;

/** Encodes messages as Go does, byte for byte; {@link MessageReader} is the other way. */
final class MessageWriter {
  static final String BITSWAP_1_2 = "/ipfs/bitswap/1.2.0";

  /** The versions whose blocks travel bare. */
  private static final Set<String> BARE_BLOCKS = Set.of("/ipfs/bitswap/1.0.0", "/ipfs/bitswap");

  private final ByteArrayOutputStream small = new ByteArrayOutputStream();
  private final boolean bareBlocks;
  private final boolean presences;

  private MessageWriter(String protocol) {
    bareBlocks = BARE_BLOCKS.contains(protocol);
    presences = protocol.equals(BITSWAP_1_2);
  }

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The message with its length before it, in the form that a version of the protocol knows. */
  static byte[] frame(Message message, String protocol) {
    return new MessageWriter(protocol).frame(message);
  }

  private byte[] frame(Message message) {
    try {
      byte[] wantlist = bytes(out -> writeWants(out, message));
      if (presences) {
        writePresences(message);
      }
      int size =
          CodedOutputStream.computeByteArraySize(1, wantlist)
              + message.blocks().stream().mapToInt(this::sizeOf).sum()
              + small.size();
      return write(message, wantlist, size);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
  }

  private byte[] write(Message message, byte[] wantlist, int size) throws IOException {
    int head = Varint.size(size);
    byte[] frame = new byte[head + size];
    Varint.put(ByteBuffer.wrap(frame), size);
    CodedOutputStream out = CodedOutputStream.newInstance(frame, head, size);
    out.writeByteArray(1, wantlist);
    for (Payload block : message.blocks()) {
      writeBlock(out, block);
    }
    out.writeRawBytes(small.toByteArray());
    out.checkNoSpaceLeft();
    return frame;
  }

  private int sizeOf(Payload block) {
    if (bareBlocks) {
      return CodedOutputStream.computeByteArraySize(2, block.data());
    }
    int inner = innerSize(block);
    return CodedOutputStream.computeTagSize(3)
        + CodedOutputStream.computeUInt32SizeNoTag(inner)
        + inner;
  }

  private static int innerSize(Payload block) {
    return CodedOutputStream.computeByteArraySize(1, block.prefix())
        + CodedOutputStream.computeByteArraySize(2, block.data());
  }

  private void writeBlock(CodedOutputStream out, Payload block) throws IOException {
    if (bareBlocks) {
      out.writeByteArray(2, block.data());
      return;
    }
    out.writeTag(3, 2);
    out.writeUInt32NoTag(innerSize(block));
    out.writeByteArray(1, block.prefix());
    out.writeByteArray(2, block.data());
  }

  private static void writeWants(CodedOutputStream out, Message message) throws IOException {
    for (Want want : message.wants()) {
      out.writeByteArray(1, bytes(entry -> writeWant(entry, want)));
    }
    if (message.full()) {
      out.writeBool(2, true);
    }
  }

  private static void writeWant(CodedOutputStream out, Want want) throws IOException {
    out.writeByteArray(1, want.cid().toBytes());
    if (want.priority() != 0) {
      out.writeInt32(2, want.priority());
    }
    writeTrue(out, 3, want.cancel());
    writeTrue(out, 4, want.haveOnly());
    writeTrue(out, 5, want.sendDontHave());
  }

  private static void writeTrue(CodedOutputStream out, int field, boolean value)
      throws IOException {
    if (value) {
      out.writeBool(field, true);
    }
  }

  private void writePresences(Message message) throws IOException {
    CodedOutputStream out = CodedOutputStream.newInstance(small);
    for (Presence presence : message.presences()) {
      out.writeByteArray(4, bytes(each -> writePresence(each, presence)));
    }
    out.flush();
  }

  private static void writePresence(CodedOutputStream out, Presence presence) throws IOException {
    Cid cid = presence.cid();
    out.writeByteArray(1, cid.toBytes());
    writeTrue(out, 2, !presence.has());
  }

  private static byte[] bytes(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }
}
