package io.ecluster.ipfs.bitswap;

import com.google.protobuf.CodedInputStream;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Decodes a message from a peer that is not trusted. Unknown fields are skipped. */
final class MessageReader {
  /** Bitswap's limit for a message. */
  static final int MAX_MESSAGE_BYTES = 4 << 20;

  /** Wants, blocks or presences in a message; Go sends a few hundred. */
  static final int MAX_ENTRIES = 32_768;

  private final List<Want> wants = new ArrayList<>();
  private final List<Payload> blocks = new ArrayList<>();
  private final List<Presence> presences = new ArrayList<>();
  private boolean full;

  private MessageReader() {}

  @FunctionalInterface
  private interface Part {
    void read(CodedInputStream in) throws IOException;
  }

  /**
   * Parses a message without its length.
   *
   * @throws FormatException if it is malformed, or holds more than a message may
   */
  static Message parse(byte[] body) {
    MessageReader reader = new MessageReader();
    try {
      reader.readMessage(CodedInputStream.newInstance(body));
    } catch (IOException e) {
      throw new FormatException("not a bitswap message", e);
    }
    return new Message(reader.wants, reader.full, reader.blocks, reader.presences);
  }

  private void readMessage(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> nested(in, this::readWantlist);
        case 18 -> add(blocks, Payload.legacy(block(in)));
        case 26 -> nested(in, this::readPayload);
        case 34 -> nested(in, this::readPresence);
        default -> in.skipField(tag);
      }
    }
  }

  private void readWantlist(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> nested(in, this::readWant);
        case 16 -> full = in.readBool();
        default -> in.skipField(tag);
      }
    }
  }

  private void readWant(CodedInputStream in) throws IOException {
    byte[] cid = {};
    int priority = 0;
    boolean cancel = false;
    int type = 0;
    boolean sendDontHave = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> cid = in.readByteArray();
        case 16 -> priority = in.readInt32();
        case 24 -> cancel = in.readBool();
        case 32 -> type = in.readEnum();
        case 40 -> sendDontHave = in.readBool();
        default -> in.skipField(tag);
      }
    }
    add(wants, new Want(Cid.fromBytes(cid), priority, cancel, type == 1, sendDontHave));
  }

  private void readPayload(CodedInputStream in) throws IOException {
    byte[] prefix = {};
    byte[] data = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> prefix = in.readByteArray();
        case 18 -> data = block(in);
        default -> in.skipField(tag);
      }
    }
    add(blocks, new Payload(prefix, data));
  }

  private void readPresence(CodedInputStream in) throws IOException {
    byte[] cid = {};
    int type = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> cid = in.readByteArray();
        case 16 -> type = in.readEnum();
        default -> in.skipField(tag);
      }
    }
    add(presences, new Presence(Cid.fromBytes(cid), type == 0));
  }

  private static byte[] block(CodedInputStream in) throws IOException {
    byte[] data = in.readByteArray();
    if (data.length > Block.MAX_BYTES) {
      throw new FormatException(
          "block of " + data.length + " bytes; at most " + Block.MAX_BYTES + " are accepted");
    }
    return data;
  }

  private static <T> void add(List<T> into, T entry) {
    if (into.size() == MAX_ENTRIES) {
      throw new FormatException("more than " + MAX_ENTRIES + " entries in a bitswap message");
    }
    into.add(entry);
  }

  private static void nested(CodedInputStream in, Part part) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    part.read(in);
    in.popLimit(outer);
  }
}
