package io.ecluster.core.pin;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the pins of one coding. Only the root's carries what the user said; the parts carry the
 * coding's id, by which a sweep finds those that belong to nothing.
 */
public final class CodedPinFactory {
  /** The metadata key of the coding id. */
  public static final String CODING_ID = "erasure-coding-id";

  private final String coding;
  private final long shardSize;
  private final int dataShards;
  private final int parityShards;
  private final PinOptions user;
  private final InstantSource clock;

  /**
   * @param coding the coding's id in hexadecimal
   * @param user what the user said of the root
   */
  public CodedPinFactory(
      String coding,
      long shardSize,
      int dataShards,
      int parityShards,
      PinOptions user,
      InstantSource clock) {
    this.coding = coding;
    this.shardSize = shardSize;
    this.dataShards = dataShards;
    this.parityShards = parityShards;
    this.user = user;
    this.clock = clock;
  }

  public Pin meta(Cid root, Cid manifestRoot) {
    PinOptions options = user.withReplication(-1, -1).withCode(shardSize, dataShards, parityShards);
    return pin(root, PinType.META, List.of(), Pin.DIRECT, Optional.of(manifestRoot), options);
  }

  public Pin clusterDag(Cid manifestRoot, Cid root) {
    PinOptions options = part(clusterDagName()).withReplication(-1, -1);
    return pin(
        manifestRoot, PinType.CLUSTER_DAG, List.of(), Pin.RECURSIVE, Optional.of(root), options);
  }

  /** The pin of a shard node. */
  public Pin shard(Cid node, int group, int column, PeerId holder) {
    PinOptions options = part(shardName(group, column)).withReplication(1, 1);
    return pin(node, PinType.SHARD, List.of(holder), Pin.RECURSIVE, Optional.empty(), options);
  }

  public String clusterDagName() {
    return user.name() + "-clusterDAG";
  }

  public String shardName(int group, int column) {
    int parity = column - dataShards;
    return parity < 0
        ? "%s-shard-%d-%d".formatted(user.name(), group, column)
        : "%s-parity-shard-%d-%d".formatted(user.name(), group, parity);
  }

  private PinOptions part(String name) {
    return PinOptions.NONE.withName(name).withMetadata(Map.of(CODING_ID, coding));
  }

  /** Pins are stored with whole seconds. */
  private Pin pin(
      Cid cid,
      PinType type,
      List<PeerId> allocations,
      int depth,
      Optional<Cid> reference,
      PinOptions options) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new Pin(cid, type, allocations, depth, reference, options, Optional.of(now));
  }
}
