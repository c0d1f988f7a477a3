package io.ecluster.core.pin;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The options inside a pin's protobuf. Fields 100 and 101 are ours: Go skips them, and no number it
 * is likely to use is taken. The erasure fork of the Go program put two fields in the middle and
 * counted on; what only it writes is recognised by number and type, and refused.
 */
final class PinOptionsProtobuf {
  private static final int REPLICATION_MIN = 1;
  private static final int REPLICATION_MAX = 2;
  private static final int NAME = 3;
  private static final int SHARD_SIZE = 4;
  private static final int METADATA_MAP = 6;
  private static final int PIN_UPDATE = 7;
  private static final int EXPIRE_AT = 8;
  private static final int ORIGINS = 9;
  private static final int SORTED_METADATA = 10;
  private static final int DATA_SHARDS = 100;
  private static final int PARITY_SHARDS = 101;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  /** The fork's data shards, parity shards, metadata, expiry, origins and sorted metadata. */
  private static final Set<Integer> TAGS_OF_THE_FORK =
      Set.of(
          Proto.varintTag(5),
          Proto.varintTag(6),
          Proto.bytesTag(8),
          Proto.varintTag(10),
          Proto.bytesTag(11),
          Proto.bytesTag(12));

  /** Go sorts strings by their bytes, which for supplementary characters is not Java's order. */
  private static final Comparator<String> BYTE_ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private final Map<String, String> mapMetadata = new TreeMap<>();
  private final Map<String, String> sortedMetadata = new TreeMap<>();
  private final List<Multiaddr> origins = new ArrayList<>();
  private int replicationMin;
  private int replicationMax;
  private String name = "";
  private long shardSize;
  private byte @Nullable [] pinUpdate;
  private long expireAt;
  private int dataShards;
  private int parityShards;

  static byte[] encode(PinOptions options) {
    return Proto.write(out -> write(options, out));
  }

  private static void write(PinOptions options, CodedOutputStream out) throws IOException {
    writeSigned(out, REPLICATION_MIN, options.replicationMin());
    writeSigned(out, REPLICATION_MAX, options.replicationMax());
    if (!options.name().isEmpty()) {
      out.writeString(NAME, options.name());
    }
    writeUnsigned(out, SHARD_SIZE, options.shardSize());
    if (options.pinUpdate().isPresent()) {
      out.writeByteArray(PIN_UPDATE, options.pinUpdate().get().toBytes());
    }
    writeUnsigned(out, EXPIRE_AT, PinProtobuf.seconds(options.expireAt()));
    for (Multiaddr origin : options.origins()) {
      out.writeByteArray(ORIGINS, origin.toBytes());
    }
    Map<String, String> sorted = new TreeMap<>(BYTE_ORDER);
    sorted.putAll(options.metadata());
    for (Map.Entry<String, String> entry : sorted.entrySet()) {
      out.writeByteArray(SORTED_METADATA, Proto.write(message -> writeEntry(entry, message)));
    }
    writeUnsigned(out, DATA_SHARDS, options.dataShards());
    writeUnsigned(out, PARITY_SHARDS, options.parityShards());
  }

  private static void writeEntry(Map.Entry<String, String> entry, CodedOutputStream out)
      throws IOException {
    if (!entry.getKey().isEmpty()) {
      out.writeString(ENTRY_KEY, entry.getKey());
    }
    if (!entry.getValue().isEmpty()) {
      out.writeString(ENTRY_VALUE, entry.getValue());
    }
  }

  private static void writeSigned(CodedOutputStream out, int field, int value) throws IOException {
    if (value != 0) {
      out.writeSInt32(field, value);
    }
  }

  private static void writeUnsigned(CodedOutputStream out, int field, long value)
      throws IOException {
    if (value != 0) {
      out.writeUInt64(field, value);
    }
  }

  /**
   * Reads one field; false if it is not known.
   *
   * @throws FormatException if only the erasure fork has such a field
   */
  boolean field(int tag, CodedInputStream in) throws IOException {
    if (TAGS_OF_THE_FORK.contains(tag)) {
      throw ofTheFork();
    }
    if (tag == Proto.varintTag(REPLICATION_MIN)) {
      replicationMin = in.readSInt32();
    } else if (tag == Proto.varintTag(REPLICATION_MAX)) {
      replicationMax = in.readSInt32();
    } else if (tag == Proto.bytesTag(NAME)) {
      name = in.readStringRequireUtf8();
    } else if (tag == Proto.varintTag(SHARD_SIZE)) {
      shardSize = in.readUInt64();
    } else if (tag == Proto.varintTag(EXPIRE_AT)) {
      expireAt = in.readUInt64();
    } else if (tag == Proto.varintTag(DATA_SHARDS)) {
      dataShards = shards(in.readUInt64());
    } else if (tag == Proto.varintTag(PARITY_SHARDS)) {
      parityShards = shards(in.readUInt64());
    } else {
      return longField(tag, in);
    }
    return true;
  }

  private boolean longField(int tag, CodedInputStream in) throws IOException {
    if (tag == Proto.bytesTag(PIN_UPDATE)) {
      pinUpdate = in.readByteArray();
    } else if (tag == Proto.bytesTag(ORIGINS)) {
      origins.add(origin(in.readByteArray()));
    } else if (tag == Proto.bytesTag(METADATA_MAP)) {
      new Entry().readInto(mapMetadata, in.readByteArray());
    } else if (tag == Proto.bytesTag(SORTED_METADATA)) {
      new Entry().readInto(sortedMetadata, in.readByteArray());
    } else {
      return false;
    }
    return true;
  }

  /** An address; the fork has the CID of the pin that was updated here. */
  private static Multiaddr origin(byte[] bytes) {
    try {
      return Multiaddr.fromBytes(bytes);
    } catch (FormatException e) {
      throw PinProtobuf.optionalCid(bytes).isPresent() ? ofTheFork() : e;
    }
  }

  private static FormatException ofTheFork() {
    return new FormatException(
        "it is written as the erasure fork of the Go program does; add the file again with"
            + " --erasure, or export that cluster's state with its own program and import it here");
  }

  private static int shards(long count) {
    if (count < 0 || count > Integer.MAX_VALUE) {
      throw new FormatException(Long.toUnsignedString(count) + " shards");
    }
    return (int) count;
  }

  PinOptions toOptions(boolean direct) {
    TreeMap<String, String> metadata = new TreeMap<>(mapMetadata);
    metadata.putAll(sortedMetadata);
    return new PinOptions(
        replicationMin,
        replicationMax,
        name,
        direct,
        shardSize,
        dataShards,
        parityShards,
        List.of(),
        PinProtobuf.instant(expireAt),
        metadata,
        PinProtobuf.optionalCid(pinUpdate),
        origins);
  }

  /** One key and value of the metadata, in either of its forms. */
  private static final class Entry {
    private String key = "";
    private String value = "";

    private void readInto(Map<String, String> metadata, byte[] bytes) {
      Proto.read(bytes, "pin metadata", this::field);
      metadata.put(key, value);
    }

    private boolean field(int tag, CodedInputStream in) throws IOException {
      if (tag == Proto.bytesTag(ENTRY_KEY)) {
        key = in.readStringRequireUtf8();
      } else if (tag == Proto.bytesTag(ENTRY_VALUE)) {
        value = in.readStringRequireUtf8();
      } else {
        return false;
      }
      return true;
    }
  }
}
