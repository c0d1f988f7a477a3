package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads canonical values, one after the other. Nothing is allocated that the input cannot fill. */
final class CborReader {
  private final ByteBuffer in;

  CborReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  void requireEnd() {
    if (in.hasRemaining()) {
      throw new FormatException(in.remaining() + " bytes follow the dag-cbor value");
    }
  }

  Cbor read(int depth) {
    DagCbor.requireDepth(depth);
    int first = nextByte();
    int major = first >>> 5;
    if (major == DagCbor.SIMPLE) {
      return simple(first);
    }
    long argument = argument(first & 0x1f);
    return switch (major) {
      case DagCbor.UNSIGNED -> argument >= 0 ? Cbor.of(argument) : big(argument, false);
      case DagCbor.NEGATIVE -> argument >= 0 ? Cbor.of(~argument) : big(argument, true);
      case DagCbor.BYTES -> new Cbor.Bytes(take(argument));
      case DagCbor.TEXT -> new Cbor.Text(Utf8.decode(take(argument)));
      case DagCbor.ARRAY -> array(argument, depth);
      case DagCbor.MAP -> dict(argument, depth);
      default -> link(argument);
    };
  }

  private Cbor simple(int first) {
    return switch (first) {
      case DagCbor.FALSE -> new Cbor.Bool(false);
      case DagCbor.TRUE -> new Cbor.Bool(true);
      case DagCbor.NULL -> Cbor.Null.NULL;
      case DagCbor.FLOAT64 -> new Cbor.Float64(Double.longBitsToDouble(number(Long.BYTES)));
      default ->
          throw new FormatException("dag-cbor does not allow 0x" + Integer.toHexString(first));
    };
  }

  private static Cbor big(long argument, boolean negative) {
    BigInteger number = new BigInteger(Long.toUnsignedString(argument));
    return new Cbor.BigInt(negative ? number.not() : number);
  }

  private Cbor array(long count, int depth) {
    requireCount(count, 1);
    List<Cbor> items = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      items.add(read(depth + 1));
    }
    return new Cbor.Array(items);
  }

  private Cbor dict(long count, int depth) {
    requireCount(count, 2);
    Map<String, Cbor> entries = new LinkedHashMap<>();
    String previous = null;
    for (long i = 0; i < count; i++) {
      String key = key();
      if (previous != null && DagCbor.KEY_ORDER.compare(previous, key) >= 0) {
        throw new FormatException("dag-cbor map key '" + key + "' is repeated or out of order");
      }
      entries.put(key, read(depth + 1));
      previous = key;
    }
    return new Cbor.Dict(entries);
  }

  private String key() {
    int first = nextByte();
    if (first >>> 5 != DagCbor.TEXT) {
      throw new FormatException("dag-cbor map key is not text");
    }
    return Utf8.decode(take(argument(first & 0x1f)));
  }

  private Cbor link(long tag) {
    int first = tag == DagCbor.LINK_TAG ? nextByte() : -1;
    if (first >>> 5 != DagCbor.BYTES) {
      throw new FormatException("dag-cbor tag " + tag + " is not a link");
    }
    ByteBuffer bytes = ByteBuffer.wrap(take(argument(first & 0x1f)));
    if (!bytes.hasRemaining() || bytes.get() != 0) {
      throw new FormatException("dag-cbor link does not begin with a zero byte");
    }
    Cid cid = Cid.read(bytes);
    if (bytes.hasRemaining()) {
      throw new FormatException(bytes.remaining() + " bytes follow the CID of a dag-cbor link");
    }
    return new Cbor.Link(cid);
  }

  /** The unsigned argument that the low five bits of an initial byte announce. */
  private long argument(int low) {
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw new FormatException("dag-cbor does not allow indefinite or reserved lengths");
    }
    int bytes = 1 << (low - 24);
    long value = number(bytes);
    boolean minimal = bytes == 1 ? value >= 24 : value >>> (4 * bytes) != 0;
    if (!minimal) {
      throw new FormatException("dag-cbor number is not in its shortest form");
    }
    return value;
  }

  private long number(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | nextByte();
    }
    return value;
  }

  private int nextByte() {
    if (!in.hasRemaining()) {
      throw new FormatException("dag-cbor is cut short");
    }
    return in.get() & 0xff;
  }

  private byte[] take(long length) {
    requireCount(length, 1);
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  /** Each item takes at least {@code least} bytes, so a count beyond the rest is a lie. */
  private void requireCount(long count, int least) {
    if (count < 0 || count > in.remaining() / least) {
      throw new FormatException(
          "dag-cbor announces "
              + Long.toUnsignedString(count)
              + " items or bytes more than it has");
    }
  }
}
