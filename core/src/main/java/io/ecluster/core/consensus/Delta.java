package io.ecluster.core.consensus;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.core.pin.Proto;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What one write changes.
 *
 * @param priority unsigned; the height of the write in the DAG
 */
record Delta(List<Element> elements, List<Tombstone> tombstones, long priority) {
  /** The most that our own deltas take: Go's limit, so that a block fits any bitswap message. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final int ELEMENTS = 1;
  private static final int TOMBSTONES = 2;
  private static final int PRIORITY = 3;
  private static final int KEY = 1;
  private static final int ID = 2;
  private static final int VALUE = 3;

  Delta {
    elements = List.copyOf(elements);
    tombstones = List.copyOf(tombstones);
  }

  /** A pin that is set; its instance is named by the block the delta is in. */
  record Element(String pin, byte[] value) {
    int size() {
      return MESSAGE_BYTES + pin.length() + value.length;
    }
  }

  /** An instance of a pin that is removed. */
  record Tombstone(String pin, String block) {
    int size() {
      return MESSAGE_BYTES + pin.length() + block.length();
    }
  }

  /** No more than tags, lengths and slashes take. */
  private static final int MESSAGE_BYTES = 24;

  byte[] encode() {
    return Proto.write(this::write);
  }

  private void write(CodedOutputStream out) throws IOException {
    for (Element element : elements) {
      out.writeByteArray(ELEMENTS, Proto.write(message -> write(element, message)));
    }
    for (Tombstone tombstone : tombstones) {
      out.writeByteArray(TOMBSTONES, Proto.write(message -> write(tombstone, message)));
    }
    if (priority != 0) {
      out.writeUInt64(PRIORITY, priority);
    }
  }

  private static void write(Element element, CodedOutputStream out) throws IOException {
    out.writeString(KEY, "/" + element.pin());
    if (element.value().length > 0) {
      out.writeByteArray(VALUE, element.value());
    }
  }

  private static void write(Tombstone tombstone, CodedOutputStream out) throws IOException {
    out.writeString(KEY, "/" + tombstone.pin());
    out.writeString(ID, "/" + tombstone.block());
  }

  /**
   * Parses a delta. Its size is bounded by that of the block it comes in.
   *
   * @throws FormatException if the bytes are no delta
   */
  static Delta decode(byte[] bytes) {
    Reader reader = new Reader();
    Proto.read(bytes, "delta", reader::field);
    return new Delta(reader.elements, reader.tombstones, reader.priority);
  }

  private static final class Reader {
    private final List<Element> elements = new ArrayList<>();
    private final List<Tombstone> tombstones = new ArrayList<>();
    private long priority;

    private boolean field(int tag, CodedInputStream in) throws IOException {
      if (tag == Proto.bytesTag(ELEMENTS)) {
        Entry entry = Entry.read(in.readByteArray());
        elements.add(new Element(entry.key, entry.value));
      } else if (tag == Proto.bytesTag(TOMBSTONES)) {
        Entry entry = Entry.read(in.readByteArray());
        tombstones.add(new Tombstone(entry.key, entry.id));
      } else if (tag == Proto.varintTag(PRIORITY)) {
        priority = in.readUInt64();
      } else {
        return false;
      }
      return true;
    }
  }

  private static final class Entry {
    private String key = "";
    private String id = "";
    private byte[] value = new byte[0];

    private static Entry read(byte[] bytes) {
      Entry entry = new Entry();
      Proto.read(bytes, "delta element", entry::field);
      return entry;
    }

    private boolean field(int tag, CodedInputStream in) throws IOException {
      if (tag == Proto.bytesTag(KEY)) {
        key = withoutSlash(in.readStringRequireUtf8());
      } else if (tag == Proto.bytesTag(ID)) {
        id = withoutSlash(in.readStringRequireUtf8());
      } else if (tag == Proto.bytesTag(VALUE)) {
        value = in.readByteArray();
      } else {
        return false;
      }
      return true;
    }

    private static String withoutSlash(String name) {
      return name.startsWith("/") ? name.substring(1) : name;
    }
  }
}
