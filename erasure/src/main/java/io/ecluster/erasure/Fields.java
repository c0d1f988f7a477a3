package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What all nodes of a manifest have in common: type, version, strict reading of values. */
final class Fields {
  static final String TYPE = "type";
  static final String VERSION = "version";
  static final String CODING = "coding";
  static final String CODE = "code";

  private static final int VERSION_NOW = 1;
  private static final String CODE_NAME = "rs-vandermonde-11d";

  private Fields() {}

  /** The block of a node, under its CID. */
  static Block block(Map<String, Cbor> fields) {
    byte[] bytes = DagCbor.encode(Cbor.of(fields));
    return new Block(Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes)), bytes);
  }

  /** The fields that any node begins with, and those that a later writer added to it. */
  static Map<String, Cbor> node(String type, CodingId coding, Map<String, Cbor> extensions) {
    Map<String, Cbor> fields = new TreeMap<>(extensions);
    fields.put(TYPE, Cbor.of(type));
    fields.put(VERSION, Cbor.of(VERSION_NOW));
    fields.put(CODING, Cbor.of(coding.toBytes()));
    return fields;
  }

  static Cbor code(int dataShards, int parityShards) {
    return Cbor.of(
        Map.of(
            "name", Cbor.of(CODE_NAME),
            "data", Cbor.of(dataShards),
            "parity", Cbor.of(parityShards)));
  }

  /** Parses a block that must be a node of this type, in a version that we understand. */
  static Cbor.Dict parse(byte[] bytes, String type) {
    Cbor.Dict fields = DagCbor.decodeDict(bytes);
    if (!fields.text(TYPE).equals(type)) {
      throw new FormatException(
          "a '" + fields.text(TYPE) + "' node where a '" + type + "' belongs");
    }
    if (fields.integer(VERSION) != VERSION_NOW) {
      throw new FormatException(
          "manifest version %d; this program reads version %d"
              .formatted(fields.integer(VERSION), VERSION_NOW));
    }
    return fields;
  }

  /** The fields that version 1 does not know; they are kept, so that a node's bytes are. */
  static Map<String, Cbor> extensions(Cbor.Dict fields, Set<String> known) {
    Map<String, Cbor> rest = new TreeMap<>(fields.entries());
    rest.keySet().removeAll(known);
    rest.keySet().removeAll(Set.of(TYPE, VERSION, CODING));
    return rest;
  }

  /** A size or offset: from 0 to the largest int. */
  static int size(Cbor value) {
    long number = integer(value);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new FormatException("number out of range: " + number);
    }
    return (int) number;
  }

  static int size(Cbor.Dict fields, String key) {
    return size(fields.get(key));
  }

  static CodingId coding(Cbor.Dict fields) {
    return CodingId.of(fields.bytes(CODING));
  }

  static int dataShards(Cbor.Dict fields) {
    return shards(fields, "data");
  }

  static int parityShards(Cbor.Dict fields) {
    return shards(fields, "parity");
  }

  private static int shards(Cbor.Dict fields, String which) {
    Cbor.Dict code = fields.dict(CODE);
    if (!code.text("name").equals(CODE_NAME)) {
      throw new FormatException("unknown code '" + code.text("name") + "'");
    }
    return size(code, which);
  }

  static List<Cbor> list(Cbor value) {
    if (value instanceof Cbor.Array(List<Cbor> items)) {
      return items;
    }
    throw new FormatException("not a list: " + kind(value));
  }

  static List<Cbor> list(Cbor value, int length) {
    List<Cbor> items = list(value);
    if (items.size() != length) {
      throw new FormatException("list of " + items.size() + " items, not " + length);
    }
    return items;
  }

  static byte[] bytes(Cbor value) {
    if (value instanceof Cbor.Bytes(byte[] bytes)) {
      return bytes;
    }
    throw new FormatException("not bytes: " + kind(value));
  }

  static long integer(Cbor value) {
    if (value instanceof Cbor.Int(long number)) {
      return number;
    }
    throw new FormatException("not an integer: " + kind(value));
  }

  static Cid link(Cbor value) {
    if (value instanceof Cbor.Link(Cid cid)) {
      return cid;
    }
    throw new FormatException("not a link: " + kind(value));
  }

  /** The CID of a node of a manifest. */
  static Cid nodeCid(Cid cid) {
    boolean fits =
        cid.version() == 1
            && cid.codec() == Multicodec.DAG_CBOR
            && cid.hash().code() == HashFunction.SHA2_256.code();
    if (!fits) {
      throw new FormatException("not the CID of a manifest node: " + cid);
    }
    return cid;
  }

  private static String kind(Cbor value) {
    return value.getClass().getSimpleName();
  }
}
