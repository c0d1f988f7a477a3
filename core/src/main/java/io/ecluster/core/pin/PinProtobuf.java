package io.ecluster.core.pin;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a pin is stored and travels inside the CRDT, byte for byte as Go writes it: when two peers
 * write a pin at the same height the greater bytes win, so that one byte of difference would let
 * peers disagree for ever.
 *
 * <p>Sub-second time, the mode (it follows from the depth) and user allocations are not stored.
 */
public final class PinProtobuf {
  /** A pin travels in a delta, and a delta is at most this large. */
  public static final int MAX_BYTES = 1024 * 1024;

  private static final int CID = 1;
  private static final int TYPE = 2;
  private static final int ALLOCATIONS = 3;
  private static final int MAX_DEPTH = 4;
  private static final int REFERENCE = 5;
  private static final int OPTIONS = 6;
  private static final int TIMESTAMP = 7;

  private PinProtobuf() {}

  /** The bytes of a pin. */
  public static byte[] encode(Pin pin) {
    return Proto.write(out -> write(pin, out));
  }

  private static void write(Pin pin, CodedOutputStream out) throws IOException {
    out.writeByteArray(CID, pin.cid().toBytes());
    if (pin.type() != PinType.BAD) {
      out.writeEnum(TYPE, Integer.numberOfTrailingZeros(pin.type().bit()));
    }
    for (PeerId peer : pin.allocations()) {
      out.writeByteArray(ALLOCATIONS, peer.toBytes());
    }
    if (pin.maxDepth() != 0) {
      out.writeSInt32(MAX_DEPTH, pin.maxDepth());
    }
    if (pin.reference().isPresent()) {
      out.writeByteArray(REFERENCE, pin.reference().get().toBytes());
    }
    out.writeByteArray(OPTIONS, PinOptionsProtobuf.encode(pin.options()));
    long timestamp = seconds(pin.timestamp());
    if (timestamp != 0) {
      out.writeUInt64(TIMESTAMP, timestamp);
    }
  }

  /**
   * Parses a pin that was found under a key.
   *
   * @param cid the CID the key stands for; it wins over the one inside
   * @throws FormatException if the bytes are no pin
   */
  public static Pin decode(Cid cid, byte[] bytes) {
    return parse(bytes).toPin(cid);
  }

  /**
   * Parses a pin that stands alone.
   *
   * @throws FormatException if the bytes are no pin or have no CID
   */
  public static Pin decode(byte[] bytes) {
    Reader reader = parse(bytes);
    return reader.toPin(
        optionalCid(reader.cid).orElseThrow(() -> new FormatException("pin without a CID")));
  }

  private static Reader parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new FormatException(
          "pin of " + bytes.length + " bytes; at most " + MAX_BYTES + " are accepted");
    }
    Reader reader = new Reader();
    Proto.read(bytes, "pin", reader::field);
    return reader;
  }

  static long seconds(Optional<Instant> time) {
    return time.map(Instant::getEpochSecond).orElse(0L);
  }

  /** Zero stands for no time at all. */
  static Optional<Instant> instant(long seconds) {
    try {
      return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    } catch (DateTimeException e) {
      throw new FormatException(
          "time of " + Long.toUnsignedString(seconds) + " seconds is out of range", e);
    }
  }

  /** As Go: what is no CID counts as none. */
  static Optional<Cid> optionalCid(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Cid.fromBytes(bytes));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static final class Reader {
    private final List<PeerId> allocations = new ArrayList<>();
    private final PinOptionsProtobuf options = new PinOptionsProtobuf();
    private byte @Nullable [] cid;
    private int type;
    private int maxDepth;
    private byte @Nullable [] reference;
    private long timestamp;

    private boolean field(int tag, CodedInputStream in) throws IOException {
      if (tag == Proto.bytesTag(CID)) {
        cid = in.readByteArray();
      } else if (tag == Proto.varintTag(TYPE)) {
        type = in.readEnum();
      } else if (tag == Proto.bytesTag(ALLOCATIONS)) {
        allocations.add(PeerId.fromBytes(in.readByteArray()));
      } else if (tag == Proto.varintTag(MAX_DEPTH)) {
        maxDepth = in.readSInt32();
      } else if (tag == Proto.bytesTag(REFERENCE)) {
        reference = in.readByteArray();
      } else if (tag == Proto.bytesTag(OPTIONS)) {
        Proto.read(in.readByteArray(), "pin options", options::field);
      } else if (tag == Proto.varintTag(TIMESTAMP)) {
        timestamp = in.readUInt64();
      } else {
        return false;
      }
      return true;
    }

    private Pin toPin(Cid key) {
      return new Pin(
          key,
          pinType(),
          allocations,
          maxDepth,
          optionalCid(reference),
          options.toOptions(maxDepth == Pin.DIRECT),
          instant(timestamp));
    }

    private PinType pinType() {
      boolean known = type > 0 && type < Integer.SIZE;
      return known ? PinType.byBit(1 << type).orElse(PinType.BAD) : PinType.BAD;
    }
  }
}
