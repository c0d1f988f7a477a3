package io.ecluster.core.pin;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a user may ask for when pinning.
 *
 * @param replicationMin fewest peers; −1 with {@code replicationMax} −1 is everywhere, 0 the
 *     cluster's default
 * @param shardSize bytes; 0 when the pin is not sharded
 * @param dataShards d of an erasure-coded pin, else 0; informational, the manifest decides
 * @param parityShards p of an erasure-coded pin, else 0
 * @param userAllocations peers to prefer; never stored
 * @param metadata sorted by key, so that equal pins are equal bytes
 */
public record PinOptions(
    int replicationMin,
    int replicationMax,
    String name,
    boolean direct,
    long shardSize,
    int dataShards,
    int parityShards,
    List<PeerId> userAllocations,
    Optional<Instant> expireAt,
    SortedMap<String, String> metadata,
    Optional<Cid> pinUpdate,
    List<Multiaddr> origins) {

  /** Every field at its zero. */
  public static final PinOptions NONE =
      new PinOptions(
          0,
          0,
          "",
          false,
          0,
          0,
          0,
          List.of(),
          Optional.empty(),
          new TreeMap<>(),
          Optional.empty(),
          List.of());

  public PinOptions {
    userAllocations = List.copyOf(userAllocations);
    metadata = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    origins = List.copyOf(origins);
  }

  public PinOptions withName(String newName) {
    return new PinOptions(
        replicationMin,
        replicationMax,
        newName,
        direct,
        shardSize,
        dataShards,
        parityShards,
        userAllocations,
        expireAt,
        metadata,
        pinUpdate,
        origins);
  }

  public PinOptions withReplication(int min, int max) {
    return new PinOptions(
        min,
        max,
        name,
        direct,
        shardSize,
        dataShards,
        parityShards,
        userAllocations,
        expireAt,
        metadata,
        pinUpdate,
        origins);
  }

  public PinOptions withMetadata(Map<String, String> newMetadata) {
    return new PinOptions(
        replicationMin,
        replicationMax,
        name,
        direct,
        shardSize,
        dataShards,
        parityShards,
        userAllocations,
        expireAt,
        new TreeMap<>(newMetadata),
        pinUpdate,
        origins);
  }

  public PinOptions withCode(long newShardSize, int newDataShards, int newParityShards) {
    return new PinOptions(
        replicationMin,
        replicationMax,
        name,
        direct,
        newShardSize,
        newDataShards,
        newParityShards,
        userAllocations,
        expireAt,
        metadata,
        pinUpdate,
        origins);
  }

  public boolean everywhere() {
    return replicationMin < 0 && replicationMax < 0;
  }
}
