package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A value of the IPLD data model as dag-cbor has it. {@link DagCbor} reads and writes it. */
public sealed interface Cbor {
  /** An integer that fits a long. */
  record Int(long value) implements Cbor {}

  /** An integer of CBOR's range, -2^64 to 2^64-1, that does not fit a long. */
  record BigInt(BigInteger value) implements Cbor {
    public BigInt {
      int bits = value.bitLength();
      if (bits < Long.SIZE || bits > Long.SIZE) {
        throw new IllegalArgumentException("not beyond a long, or beyond CBOR: " + value);
      }
    }
  }

  /** A byte string; the array is shared, not copied. */
  record Bytes(byte[] value) implements Cbor {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }
  }

  /** A text string. */
  record Text(String value) implements Cbor {}

  /** A list. */
  record Array(List<Cbor> items) implements Cbor {
    public Array {
      items = List.copyOf(items);
    }
  }

  /** A map with text keys, kept in the order in which it is written. */
  record Dict(Map<String, Cbor> entries) implements Cbor {
    public Dict {
      TreeMap<String, Cbor> sorted = new TreeMap<>(DagCbor.KEY_ORDER);
      sorted.putAll(entries);
      entries = Collections.unmodifiableMap(sorted);
    }

    public boolean has(String key) {
      return entries.containsKey(key);
    }

    /**
     * The value of a field.
     *
     * @throws FormatException if it is not there
     */
    public Cbor get(String key) {
      Cbor value = entries.get(key);
      if (value == null) {
        throw new FormatException("field '" + key + "' is missing");
      }
      return value;
    }

    /** The value of an integer field. */
    public long integer(String key) {
      if (get(key) instanceof Int(long value)) {
        return value;
      }
      throw wrong(key, "an integer");
    }

    /** The value of a bytes field. */
    public byte[] bytes(String key) {
      if (get(key) instanceof Bytes(byte[] value)) {
        return value;
      }
      throw wrong(key, "bytes");
    }

    /** The value of a text field. */
    public String text(String key) {
      if (get(key) instanceof Text(String value)) {
        return value;
      }
      throw wrong(key, "text");
    }

    /** The items of a list field. */
    public List<Cbor> list(String key) {
      if (get(key) instanceof Array(List<Cbor> items)) {
        return items;
      }
      throw wrong(key, "a list");
    }

    /** The value of a map field. */
    public Dict dict(String key) {
      if (get(key) instanceof Dict dict) {
        return dict;
      }
      throw wrong(key, "a map");
    }

    /** The value of a link field. */
    public Cid link(String key) {
      if (get(key) instanceof Link(Cid cid)) {
        return cid;
      }
      throw wrong(key, "a link");
    }

    private static FormatException wrong(String key, String expected) {
      return new FormatException("field '" + key + "' is not " + expected);
    }
  }

  /** A link to another block. */
  record Link(Cid cid) implements Cbor {}

  /** True or false. */
  record Bool(boolean value) implements Cbor {}

  /** A finite floating-point number. */
  record Float64(double value) implements Cbor {
    public Float64 {
      if (!Double.isFinite(value)) {
        throw new FormatException("dag-cbor has no " + value);
      }
    }
  }

  /** The null value. */
  enum Null implements Cbor {
    NULL
  }

  static Cbor of(long value) {
    return new Int(value);
  }

  static Cbor of(byte[] value) {
    return new Bytes(value);
  }

  static Cbor of(String value) {
    return new Text(value);
  }

  static Cbor of(boolean value) {
    return new Bool(value);
  }

  static Cbor of(Cid cid) {
    return new Link(cid);
  }

  static Cbor of(List<? extends Cbor> items) {
    return new Array(List.copyOf(items));
  }

  static Dict of(Map<String, Cbor> entries) {
    return new Dict(entries);
  }
}
