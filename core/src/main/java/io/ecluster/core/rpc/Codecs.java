package io.ecluster.core.rpc;

import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The codecs of single values, and of lists and maps of them. */
final class Codecs {
  static final Codec<String> STRING =
      codec(MsgWriter::string, MsgReader::string, out -> out.string(""));
  static final Codec<Boolean> BOOL =
      codec(MsgWriter::bool, MsgReader::bool, out -> out.bool(false));
  static final Codec<Integer> INT =
      codec((out, value) -> out.signed(value), MsgReader::signedInt, out -> out.signed(0));
  static final Codec<Long> LONG = codec(MsgWriter::signed, MsgReader::signed, out -> out.signed(0));
  static final Codec<Long> UNSIGNED =
      codec(MsgWriter::unsigned, MsgReader::unsigned, out -> out.unsigned(0));
  static final Codec<Double> FLOAT =
      codec(MsgWriter::float64, MsgReader::float64, out -> out.float64(0));
  static final Codec<byte[]> BYTES = codec(MsgWriter::raw, MsgReader::raw, MsgWriter::nil);
  static final Codec<Instant> TIME = codec(MsgWriter::time, MsgReader::time, MsgWriter::nil);
  static final Codec<Cid> CID = binary(Cid::toBytes, Cid::fromBytes);
  static final Codec<PeerId> PEER = binary(PeerId::toBytes, PeerId::fromBytes);
  static final Codec<Multiaddr> ADDRESS = binary(Multiaddr::toBytes, Multiaddr::fromBytes);
  static final Codec<Optional<Cid>> OPTIONAL_CID = optional(CID);
  static final Codec<Optional<PeerId>> OPTIONAL_PEER = optional(PEER);
  static final Codec<Optional<Instant>> OPTIONAL_TIME = optional(TIME);
  static final Codec<List<PeerId>> PEERS = list(PEER);
  static final Codec<List<Multiaddr>> ADDRESSES = list(ADDRESS);
  static final Codec<List<String>> STRINGS = list(STRING);
  static final Codec<SortedMap<String, String>> METADATA = sortedMap(STRING);

  /** A struct without fields. */
  static final Codec<Nothing> NOTHING =
      codec((out, nothing) -> out.map(0), Codecs::readNothing, out -> out.map(0));

  /** Go's pin mode, of which we keep whether it is direct. */
  static final Codec<Boolean> DIRECT =
      codec(
          (out, direct) -> out.signed(direct ? 1 : 0),
          in -> in.signed() == 1,
          out -> out.signed(0));

  static final Codec<PinType> PIN_TYPE =
      codec((out, type) -> out.unsigned(type.bit()), Codecs::readPinType, out -> out.unsigned(0));

  static final Codec<TrackerStatus> STATUS =
      codec(
          (out, status) -> out.signed(status.bit()),
          in -> TrackerStatus.byBit(in.signedInt()),
          out -> out.signed(0));

  /** IPFSPinStatus, of which top-level pins have only two. */
  static final Codec<PinMode> PIN_MODE =
      codec(
          (out, mode) -> out.signed(mode == PinMode.DIRECT ? 2 : 3),
          Codecs::readPinMode,
          out -> out.signed(0));

  /** A time as unix nanoseconds, the epoch being none. */
  static final Codec<Instant> UNIX_NANOS =
      codec(
          (out, time) -> out.signed(unixNanos(time)),
          in -> ofUnixNanos(in.signed()),
          out -> out.signed(0));

  private static final long NANOS = 1_000_000_000;

  private Codecs() {}

  static <T> Codec<T> codec(Writer<T> writer, Reader<T> reader, Zero zero) {
    return new Codec<>() {
      @Override
      public void write(MsgWriter out, T value) throws IOException {
        writer.write(out, value);
      }

      @Override
      public T read(MsgReader in) throws IOException {
        return reader.read(in);
      }

      @Override
      public void writeZero(MsgWriter out) throws IOException {
        zero.write(out);
      }
    };
  }

  /** A list; ours are never nil, even when empty. */
  static <T> Codec<List<T>> list(Codec<T> element) {
    return codec(
        (out, values) -> writeList(out, values, element),
        in -> readList(in, element),
        MsgWriter::nil);
  }

  /** A list that is nil when it is empty. */
  static <T> Codec<List<T>> nilList(Codec<T> element) {
    Codec<List<T>> list = list(element);
    return codec(
        (out, values) -> {
          if (values.isEmpty()) {
            out.nil();
          } else {
            list.write(out, values);
          }
        },
        list::read,
        MsgWriter::nil);
  }

  /** A map by peer; its keys are base58 text. */
  static <T> Codec<Map<PeerId, T>> byPeer(Codec<T> value) {
    return codec(
        (out, map) -> writeByPeer(out, map, value), in -> readByPeer(in, value), MsgWriter::nil);
  }

  static <T> Codec<SortedMap<String, T>> sortedMap(Codec<T> value) {
    return codec((out, map) -> writeMap(out, map, value), in -> readMap(in, value), MsgWriter::nil);
  }

  private static <T> Codec<T> binary(Function<T, byte[]> to, Function<byte[], T> from) {
    return codec(
        (out, value) -> out.raw(to.apply(value)), in -> parse(in, from, in.raw()), MsgWriter::nil);
  }

  private static <T> Codec<Optional<T>> optional(Codec<T> codec) {
    return codec(
        (out, value) -> {
          if (value.isPresent()) {
            codec.write(out, value.get());
          } else {
            out.nil();
          }
        },
        in -> in.nil() ? Optional.empty() : Optional.of(codec.read(in)),
        MsgWriter::nil);
  }

  private static <T, S> T parse(MsgReader in, Function<S, T> parser, S raw) throws MsgException {
    try {
      return parser.apply(raw);
    } catch (FormatException malformed) {
      throw new MsgException(in.position(), String.valueOf(malformed.getMessage()), malformed);
    }
  }

  private static <T> void writeList(MsgWriter out, List<T> values, Codec<T> element)
      throws IOException {
    out.array(values.size());
    for (T value : values) {
      element.write(out, value);
    }
  }

  private static <T> List<T> readList(MsgReader in, Codec<T> element) throws IOException {
    int size = in.array();
    List<T> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(element.read(in));
    }
    return values;
  }

  private static <T> void writeByPeer(MsgWriter out, Map<PeerId, T> map, Codec<T> codec)
      throws IOException {
    out.map(map.size());
    List<PeerId> peers = map.keySet().stream().sorted(Comparator.naturalOrder()).toList();
    for (PeerId peer : peers) {
      out.string(peer.toString());
      codec.write(out, java.util.Objects.requireNonNull(map.get(peer)));
    }
  }

  private static <T> Map<PeerId, T> readByPeer(MsgReader in, Codec<T> codec) throws IOException {
    int size = in.map();
    Map<PeerId, T> map = new HashMap<>();
    for (int i = 0; i < size; i++) {
      PeerId peer = parse(in, PeerId::parse, in.string());
      map.put(peer, codec.read(in));
    }
    return map;
  }

  private static <T> void writeMap(MsgWriter out, SortedMap<String, T> map, Codec<T> codec)
      throws IOException {
    out.map(map.size());
    for (Map.Entry<String, T> entry : map.entrySet()) {
      out.string(entry.getKey());
      codec.write(out, entry.getValue());
    }
  }

  private static <T> SortedMap<String, T> readMap(MsgReader in, Codec<T> codec) throws IOException {
    int size = in.map();
    SortedMap<String, T> map = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      map.put(in.string(), codec.read(in));
    }
    return map;
  }

  private static Nothing readNothing(MsgReader in) throws IOException {
    in.struct(List.of(), index -> {});
    return Nothing.NOTHING;
  }

  private static PinType readPinType(MsgReader in) throws IOException {
    long bit = in.unsigned();
    return PinType.byBit(Math.clamp(bit, 0, Integer.MAX_VALUE))
        .orElseThrow(() -> in.fail("unknown pin type " + bit));
  }

  private static PinMode readPinMode(MsgReader in) throws IOException {
    long status = in.signed();
    return switch (Math.clamp(status, 0, 6)) {
      case 2 -> PinMode.DIRECT;
      case 3 -> PinMode.RECURSIVE;
      default -> throw in.fail("not the status of a pin: " + status);
    };
  }

  /** Nanoseconds since 1970; times too far away become the nearest that fits. */
  private static long unixNanos(Instant time) {
    long seconds =
        Math.clamp(time.getEpochSecond(), Long.MIN_VALUE / NANOS + 1, Long.MAX_VALUE / NANOS - 1);
    return seconds * NANOS + time.getNano();
  }

  private static Instant ofUnixNanos(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  @FunctionalInterface
  interface Writer<T> {
    void write(MsgWriter out, T value) throws IOException;
  }

  @FunctionalInterface
  interface Reader<T> {
    T read(MsgReader in) throws IOException;
  }

  @FunctionalInterface
  interface Zero {
    void write(MsgWriter out) throws IOException;
  }
}
