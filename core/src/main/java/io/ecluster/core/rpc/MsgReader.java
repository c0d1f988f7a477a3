package io.ecluster.core.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Reads every msgpack dialect that the Go peers accept: raw, str and bin are one family, integers
 * come in any form that holds them, times raw or as extension −1, structs as maps or arrays, nil
 * for anything. What a message may cost is bounded: its bytes, each of its strings, its nesting.
 *
 * <p>It buffers, so nothing else may read from the stream; large strings go straight into the array
 * that is handed out.
 */
public final class MsgReader {
  /**
   * The largest block of IPFS is 2 MiB; no single string may be longer than that and some slack.
   */
  public static final int MAX_RAW_BYTES = (2 << 20) + (64 << 10);

  /** The largest list or map: the keys that a big garbage collection tells of. */
  public static final int MAX_ITEMS = 1 << 20;

  /** How deep unknown values may nest; nothing known goes deeper than 5. */
  public static final int MAX_NESTING = 32;

  private static final int NIL = 0xc0;
  private static final int TIMESTAMP_EXTENSION = 0xff;

  private final MsgSource source;

  /**
   * @param maxMessageBytes the most one message may take; see {@link #startMessage}
   */
  public MsgReader(InputStream in, long maxMessageBytes) {
    this.source = new MsgSource(in, maxMessageBytes);
  }

  /** Grants the next message its full share of bytes. */
  public void startMessage() {
    source.startMessage();
  }

  /** Grants the next message, and those after it, so many bytes. */
  public void startMessage(long maxBytes) {
    source.startMessage(maxBytes);
  }

  /** How many bytes have been read so far. */
  public long position() {
    return source.position();
  }

  /** Whether the stream ends here; waits for the next byte. */
  public boolean atEnd() throws IOException {
    return source.atEnd();
  }

  /** Whether something has been received that has not been read. */
  boolean hasBuffered() {
    return source.hasBuffered();
  }

  /** Consumes a nil, if that is what comes next. */
  public boolean nil() throws IOException {
    boolean nil = source.peek() == NIL;
    if (nil) {
      var _ = source.next();
    }
    return nil;
  }

  public boolean bool() throws IOException {
    int head = source.next();
    return switch (head) {
      case 0xc0, 0xc2 -> false;
      case 0xc3 -> true;
      default -> throw wrong("cannot decode bool", head);
    };
  }

  /** An integer of any form, or a float without fraction; unsigned ones above 2^63 are refused. */
  public long signed() throws IOException {
    int head = source.next();
    long value = integer(head);
    if (head == 0xcf && value < 0) {
      throw fail("overflow int64 from " + Long.toUnsignedString(value));
    }
    return value;
  }

  /** An {@link #signed} that must fit an int. */
  public int signedInt() throws IOException {
    long value = signed();
    if (value != (int) value) {
      throw fail("overflow int from " + value);
    }
    return (int) value;
  }

  /** A Go uint64, as the long with the same bits. */
  public long unsigned() throws IOException {
    int head = source.next();
    long value = integer(head);
    if (value < 0 && head != 0xcf) {
      throw fail("assigning negative signed value: " + value + ", to unsigned type");
    }
    return value;
  }

  public double float64() throws IOException {
    int head = source.next();
    return switch (head) {
      case 0xca -> Float.intBitsToFloat((int) source.bigEndian(4));
      case 0xcb -> Double.longBitsToDouble(source.bigEndian(8));
      default -> integer(head);
    };
  }

  public String string() throws IOException {
    return new String(raw(), StandardCharsets.UTF_8);
  }

  /** Text or bytes in any form; nil is empty. */
  public byte[] raw() throws IOException {
    int head = source.next();
    return head == NIL ? new byte[0] : source.bytes(rawLength(head));
  }

  /** A time, or {@link MsgWriter#NO_TIME} for nil. */
  public Instant time() throws IOException {
    int head = source.next();
    int length = timeLength(head);
    return switch (length) {
      case 0 -> MsgWriter.NO_TIME;
      case 4 -> Instant.ofEpochSecond(source.bigEndian(4) & 0xffff_ffffL);
      case 8 -> packedTime(source.bigEndian(8));
      case 12 -> wideTime(ByteBuffer.wrap(source.bytes(12)));
      default ->
          throw wrong("invalid stream for decoding time as extension: " + length + " bytes", head);
    };
  }

  /** The number of elements that follow; nil is none. */
  public int array() throws IOException {
    int head = source.next();
    if (head >> 4 == 0x9) {
      return items(head & 0xf);
    }
    return switch (head) {
      case NIL -> 0;
      case 0xdc -> items(source.bigEndian(2));
      case 0xdd -> items(source.bigEndian(4) & 0xffff_ffffL);
      default -> throw wrong("invalid container type: expecting an array", head);
    };
  }

  /** The number of pairs that follow; nil is none. */
  public int map() throws IOException {
    int head = source.next();
    return head == NIL ? 0 : mapSize(head);
  }

  /**
   * Reads a struct: a map, whose unknown keys are skipped, or an array of its fields in order. Nil
   * leaves a field, or the whole struct, as it was.
   */
  public void struct(List<String> keys, FieldReader reader) throws IOException {
    int head = source.next();
    if (isArray(head)) {
      fieldsByPosition(head, keys, reader);
    } else if (isMap(head)) {
      fieldsByKey(mapSize(head), keys, reader);
    } else if (head != NIL) {
      throw fail("only encoded map or array can decode into struct");
    }
  }

  /** Skips one value, whatever it is. */
  public void skip() throws IOException {
    skip(0);
  }

  /** A failure at this place. */
  public MsgException fail(String reason) {
    return source.fail(reason);
  }

  /** Reads the value of one field of a struct. */
  @FunctionalInterface
  public interface FieldReader {
    void read(int index) throws IOException;
  }

  private void fieldsByKey(int size, List<String> keys, FieldReader reader) throws IOException {
    for (int i = 0; i < size; i++) {
      field(keys.indexOf(string()), reader);
    }
  }

  private void fieldsByPosition(int head, List<String> keys, FieldReader reader)
      throws IOException {
    int size = arraySize(head);
    for (int i = 0; i < size; i++) {
      field(i < keys.size() ? i : -1, reader);
    }
  }

  private void field(int index, FieldReader reader) throws IOException {
    if (index < 0) {
      skip(1);
    } else if (!nil()) {
      reader.read(index);
    }
  }

  private int arraySize(int head) throws IOException {
    return switch (head) {
      case 0xdc -> items(source.bigEndian(2));
      case 0xdd -> items(source.bigEndian(4) & 0xffff_ffffL);
      default -> items(head & 0xf);
    };
  }

  private int mapSize(int head) throws IOException {
    return switch (head) {
      case 0xde -> items(source.bigEndian(2));
      case 0xdf -> items(source.bigEndian(4) & 0xffff_ffffL);
      default -> {
        if (!isMap(head)) {
          throw wrong("invalid container type: expecting a map", head);
        }
        yield items(head & 0xf);
      }
    };
  }

  private static boolean isArray(int head) {
    return head >> 4 == 0x9 || head == 0xdc || head == 0xdd;
  }

  private static boolean isMap(int head) {
    return head >> 4 == 0x8 || head == 0xde || head == 0xdf;
  }

  private int items(long size) throws MsgException {
    if (size > MAX_ITEMS) {
      throw fail(size + " items; at most " + MAX_ITEMS + " are accepted");
    }
    return (int) size;
  }

  private long integer(int head) throws IOException {
    if (head <= 0x7f || head >= 0xe0) {
      return (byte) head;
    }
    return switch (head) {
      case NIL -> 0;
      case 0xca -> integral(Float.intBitsToFloat((int) source.bigEndian(4)));
      case 0xcb -> integral(Double.longBitsToDouble(source.bigEndian(8)));
      case 0xcc -> source.bigEndian(1);
      case 0xcd -> source.bigEndian(2);
      case 0xce -> source.bigEndian(4) & 0xffff_ffffL;
      case 0xcf, 0xd3 -> source.bigEndian(8);
      case 0xd0 -> (byte) source.bigEndian(1);
      case 0xd1 -> (short) source.bigEndian(2);
      case 0xd2 -> (int) source.bigEndian(4);
      default -> throw wrong("cannot decode integer", head);
    };
  }

  private long integral(double value) throws MsgException {
    if (value != (long) value) {
      throw fail("not an integer: " + value);
    }
    return (long) value;
  }

  private long rawLength(int head) throws IOException {
    if (head >> 5 == 0b101) {
      return head & 0x1f;
    }
    return switch (head) {
      case 0xc4, 0xd9 -> source.bigEndian(1);
      case 0xc5, 0xda -> source.bigEndian(2);
      case 0xc6, 0xdb -> source.bigEndian(4) & 0xffff_ffffL;
      default -> throw wrong("invalid byte descriptor for decoding bytes", head);
    };
  }

  private int timeLength(int head) throws IOException {
    return switch (head) {
      case NIL -> 0;
      case 0xd6 -> timestampExtension(4);
      case 0xd7 -> timestampExtension(8);
      case 0xc7 -> timestampExtension((int) source.bigEndian(1));
      default -> plainTimeLength(head);
    };
  }

  private int plainTimeLength(int head) throws IOException {
    if (head >> 5 != 0b101 && head != 0xc4 && head != 0xd9) {
      throw wrong("invalid stream for decoding time as extension", head);
    }
    int length = (int) rawLength(head);
    return length == 0 ? -1 : length;
  }

  private int timestampExtension(int length) throws IOException {
    int type = source.next();
    if (type != TIMESTAMP_EXTENSION) {
      throw wrong("invalid stream for decoding time as extension", type);
    }
    return length == 0 ? -1 : length;
  }

  private Instant packedTime(long packed) throws MsgException {
    return time(packed & ((1L << 34) - 1), packed >>> 34);
  }

  private Instant wideTime(ByteBuffer bytes) throws MsgException {
    long nanos = bytes.getInt() & 0xffff_ffffL;
    return time(bytes.getLong(), nanos);
  }

  private Instant time(long seconds, long nanos) throws MsgException {
    if (nanos > 999_999_999
        || seconds > Instant.MAX.getEpochSecond()
        || seconds < Instant.MIN.getEpochSecond()) {
      throw fail("no such time: " + seconds + " s " + nanos + " ns");
    }
    return Instant.ofEpochSecond(seconds, nanos);
  }

  private void skip(int depth) throws IOException {
    if (depth > MAX_NESTING) {
      throw fail("values nest deeper than " + MAX_NESTING);
    }
    int head = source.next();
    if (isArray(head)) {
      skipAll(arraySize(head), depth + 1);
    } else if (isMap(head)) {
      skipAll(2L * mapSize(head), depth + 1);
    } else {
      source.discard(scalarLength(head));
    }
  }

  private void skipAll(long count, int depth) throws IOException {
    for (long i = 0; i < count; i++) {
      skip(depth);
    }
  }

  /** How many bytes follow the head of something that is neither list nor map. */
  private long scalarLength(int head) throws IOException {
    return switch (head) {
      case 0xc0, 0xc2, 0xc3 -> 0;
      case 0xcc, 0xd0 -> 1;
      case 0xcd, 0xd1, 0xd4 -> 2;
      case 0xd5 -> 3;
      case 0xca, 0xce, 0xd2 -> 4;
      case 0xd6 -> 5;
      case 0xcb, 0xcf, 0xd3 -> 8;
      case 0xd7 -> 9;
      case 0xd8 -> 17;
      case 0xc7 -> source.bigEndian(1) + 1;
      case 0xc8 -> source.bigEndian(2) + 1;
      case 0xc9 -> (source.bigEndian(4) & 0xffff_ffffL) + 1;
      default -> head <= 0x7f || head >= 0xe0 ? 0 : rawLength(head);
    };
  }

  private MsgException wrong(String reason, int head) {
    return fail(reason + ", got: 0x" + Integer.toHexString(head));
  }
}
