package io.ecluster.adder;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodingId;
import io.ecluster.erasure.ShardNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes the pins of one coding. Only the root's carries what the user said; the parts carry the
 * coding's id, by which a sweep finds those that belong to nothing.
 */
public final class CodedPinFactory {
  /** The metadata key of the coding id. */
  public static final String CODING_ID = "erasure-coding-id";

  private final CodingId coding;
  private final CodeParameters parameters;
  private final PinOptions user;
  private final Supplier<Instant> clock;

  CodedPinFactory(CodingId coding, CodeParameters parameters, PinOptions user) {
    this(coding, parameters, user, () -> Instant.ofEpochSecond(System.currentTimeMillis() / 1000));
  }

  CodedPinFactory(
      CodingId coding, CodeParameters parameters, PinOptions user, Supplier<Instant> clock) {
    this.coding = coding;
    this.parameters = parameters;
    this.user = user;
    this.clock = clock;
  }

  Pin meta(Cid root, Cid manifestRoot) {
    PinOptions options =
        user.withReplication(-1, -1)
            .withCode(parameters.shardSize(), parameters.dataShards(), parameters.parityShards());
    return pin(root, PinType.META, List.of(), Pin.DIRECT, Optional.of(manifestRoot), options);
  }

  Pin clusterDag(Cid manifestRoot, Cid root) {
    PinOptions options = part(clusterDagName()).withReplication(-1, -1);
    return pin(
        manifestRoot, PinType.CLUSTER_DAG, List.of(), Pin.RECURSIVE, Optional.of(root), options);
  }

  Pin shard(ShardNode shard, PeerId holder) {
    PinOptions options = part(shardName(shard.group(), shard.column())).withReplication(1, 1);
    return pin(
        shard.toBlock().cid(),
        PinType.SHARD,
        List.of(holder),
        Pin.RECURSIVE,
        Optional.empty(),
        options);
  }

  String clusterDagName() {
    return user.name() + "-clusterDAG";
  }

  String shardName(int group, int column) {
    int parity = column - parameters.dataShards();
    return parity < 0
        ? "%s-shard-%d-%d".formatted(user.name(), group, column)
        : "%s-parity-shard-%d-%d".formatted(user.name(), group, parity);
  }

  private PinOptions part(String name) {
    return PinOptions.NONE.withName(name).withMetadata(Map.of(CODING_ID, coding.toString()));
  }

  private Pin pin(
      Cid cid,
      PinType type,
      List<PeerId> allocations,
      int depth,
      Optional<Cid> reference,
      PinOptions options) {
    return new Pin(cid, type, allocations, depth, reference, options, Optional.of(clock.get()));
  }
}
