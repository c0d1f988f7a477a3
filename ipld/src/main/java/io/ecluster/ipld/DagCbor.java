package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The dag-cbor codec, strict both ways: one value has one encoding, and only that one is read. So
 * no indefinite lengths, no number or length in more bytes than it needs, map keys unique and
 * sorted, floats in 64 bits, no tag but 42, nothing after the value.
 */
public final class DagCbor {
  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  static final int SIMPLE = 7;

  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;
  static final int NULL = 0xf6;
  static final int FLOAT64 = 0xfb;

  /** The tag of a link. */
  static final int LINK_TAG = 42;

  /** Far deeper than any honest node, far shallower than a thread's stack. */
  static final int MAX_DEPTH = 128;

  /** How map keys are sorted: short before long, then by bytes. */
  static final Comparator<String> KEY_ORDER =
      Comparator.<String>comparingInt(key -> key.getBytes(StandardCharsets.UTF_8).length)
          .thenComparing(DagPb.NAME_ORDER);

  private DagCbor() {}

  /**
   * The bytes of a value.
   *
   * @throws FormatException if it is nested too deeply or holds text that is not Unicode
   */
  public static byte[] encode(Cbor value) {
    CborWriter writer = new CborWriter();
    writer.write(value, 0);
    return writer.toBytes();
  }

  /**
   * Parses a block of one value.
   *
   * @throws FormatException if the bytes are not what {@link #encode} would write
   */
  public static Cbor decode(byte[] bytes) {
    if (bytes.length > Block.MAX_BYTES) {
      throw new FormatException("dag-cbor block of " + bytes.length + " bytes is too large");
    }
    CborReader reader = new CborReader(bytes);
    Cbor value = reader.read(0);
    reader.requireEnd();
    return value;
  }

  /**
   * Parses a block that must be a map.
   *
   * @throws FormatException if it is not
   */
  public static Cbor.Dict decodeDict(byte[] bytes) {
    if (decode(bytes) instanceof Cbor.Dict dict) {
      return dict;
    }
    throw new FormatException("dag-cbor block is not a map");
  }

  /** The links in a value, in the order in which they are written. */
  static List<Cid> links(Cbor value) {
    List<Cid> links = new ArrayList<>();
    collect(value, links);
    return links;
  }

  private static void collect(Cbor value, List<Cid> links) {
    switch (value) {
      case Cbor.Link(Cid cid) -> links.add(cid);
      case Cbor.Array array -> array.items().forEach(item -> collect(item, links));
      case Cbor.Dict dict -> dict.entries().values().forEach(item -> collect(item, links));
      case Cbor.Int _, Cbor.BigInt _, Cbor.Bytes _, Cbor.Text _ -> {}
      case Cbor.Bool _, Cbor.Float64 _, Cbor.Null _ -> {}
    }
  }

  static void requireDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new FormatException("dag-cbor is nested deeper than " + MAX_DEPTH);
    }
  }
}
