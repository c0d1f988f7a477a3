package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.Field.always;
import static io.ecluster.core.rpc.Field.notNil;
import static io.ecluster.core.rpc.Field.omitted;
import static io.ecluster.core.rpc.Field.required;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Pins on the wire. */
final class PinCodecs {
  private static final Field<PinOptions, Integer> REPLICATION_MIN =
      omitted("rn", Codecs.INT, 0, PinOptions::replicationMin);
  private static final Field<PinOptions, Integer> REPLICATION_MAX =
      omitted("rx", Codecs.INT, 0, PinOptions::replicationMax);
  private static final Field<PinOptions, String> NAME =
      omitted("n", Codecs.STRING, "", PinOptions::name);
  private static final Field<PinOptions, Boolean> DIRECT =
      omitted("o", Codecs.DIRECT, false, PinOptions::direct);
  private static final Field<PinOptions, Long> SHARD_SIZE =
      omitted("s", Codecs.UNSIGNED, 0L, PinOptions::shardSize);
  private static final Field<PinOptions, Integer> DATA_SHARDS =
      omitted("ds", Codecs.INT, 0, PinOptions::dataShards);
  private static final Field<PinOptions, Integer> PARITY_SHARDS =
      omitted("ps", Codecs.INT, 0, PinOptions::parityShards);
  private static final Field<PinOptions, List<PeerId>> USER_ALLOCATIONS =
      omitted("ua", Codecs.PEERS, List.of(), PinOptions::userAllocations);
  private static final Field<PinOptions, Optional<Instant>> EXPIRE_AT =
      omitted("e", Codecs.OPTIONAL_TIME, Optional.empty(), PinOptions::expireAt);
  private static final Field<PinOptions, SortedMap<String, String>> METADATA =
      omitted("m", Codecs.METADATA, new TreeMap<>(), PinOptions::metadata);
  private static final Field<PinOptions, Optional<Cid>> PIN_UPDATE =
      omitted("pu", Codecs.OPTIONAL_CID, Optional.empty(), PinOptions::pinUpdate);
  private static final Field<PinOptions, List<Multiaddr>> ORIGINS =
      omitted("g", Codecs.ADDRESSES, List.of(), PinOptions::origins);

  private static final List<Field<PinOptions, ?>> OPTIONS_FIELDS =
      List.of(
          REPLICATION_MIN,
          REPLICATION_MAX,
          NAME,
          DIRECT,
          SHARD_SIZE,
          DATA_SHARDS,
          PARITY_SHARDS,
          USER_ALLOCATIONS,
          EXPIRE_AT,
          METADATA,
          PIN_UPDATE,
          ORIGINS);

  static final Codec<PinOptions> OPTIONS =
      new StructCodec<>(OPTIONS_FIELDS, PinCodecs::makeOptions);

  private static final Field<Pin, Cid> CID = required("c", Codecs.CID, Pin::cid);
  private static final Field<Pin, PinType> TYPE =
      omitted("t", Codecs.PIN_TYPE, PinType.BAD, Pin::type);
  private static final Field<Pin, List<PeerId>> ALLOCATIONS =
      notNil("a", Codecs.PEERS, List.of(), Pin::allocations);
  private static final Field<Pin, Integer> MAX_DEPTH = omitted("d", Codecs.INT, 0, Pin::maxDepth);
  private static final Field<Pin, Optional<Cid>> REFERENCE =
      omitted("r", Codecs.OPTIONAL_CID, Optional.empty(), Pin::reference);
  private static final Field<Pin, Optional<Instant>> TIMESTAMP =
      omitted("i", Codecs.OPTIONAL_TIME, Optional.empty(), Pin::timestamp);

  static final Codec<Pin> PIN =
      new StructCodec<>(
          embedding(Pin::options, List.of(CID, TYPE, ALLOCATIONS, MAX_DEPTH, REFERENCE, TIMESTAMP)),
          PinCodecs::makePin);

  private static final Field<PinPath, String> PATH =
      always("path", Codecs.STRING, "", PinPath::path);

  static final Codec<PinPath> PIN_PATH =
      new StructCodec<>(
          embedding(PinPath::options, List.of(PATH)),
          values -> new PinPath(makeOptions(values), values.get(PATH)));

  private static final Field<PinOptions, Optional<Cid>> NO_CID =
      always("c", Codecs.OPTIONAL_CID, Optional.empty(), options -> Optional.empty());
  private static final Field<PinOptions, PinType> DATA =
      always("t", Codecs.PIN_TYPE, PinType.DATA, options -> PinType.DATA);

  /** A pin whose CID is not known yet, as in BlockAllocate. */
  static final Codec<PinOptions> PIN_WITHOUT_CID =
      new StructCodec<>(
          embedding(Function.identity(), List.of(NO_CID, DATA)), PinCodecs::makeOptions);

  private PinCodecs() {}

  private static <T> List<Field<T, ?>> embedding(
      Function<T, PinOptions> options, List<Field<T, ?>> more) {
    List<Field<T, ?>> fields = new ArrayList<>();
    OPTIONS_FIELDS.forEach(field -> fields.add(field.of(options)));
    fields.addAll(more);
    return fields;
  }

  private static PinOptions makeOptions(StructCodec.Values values) throws IOException {
    return new PinOptions(
        values.get(REPLICATION_MIN),
        values.get(REPLICATION_MAX),
        values.get(NAME),
        values.get(DIRECT),
        values.get(SHARD_SIZE),
        values.get(DATA_SHARDS),
        values.get(PARITY_SHARDS),
        values.get(USER_ALLOCATIONS),
        values.get(EXPIRE_AT),
        values.get(METADATA),
        values.get(PIN_UPDATE),
        values.get(ORIGINS));
  }

  private static Pin makePin(StructCodec.Values values) throws IOException {
    return new Pin(
        values.get(CID),
        values.get(TYPE),
        values.get(ALLOCATIONS),
        values.get(MAX_DEPTH),
        values.get(REFERENCE),
        makeOptions(values),
        values.get(TIMESTAMP));
  }
}
