package io.ecluster.core.cluster;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What may be pinned over what, with the words of Go's errors. One rule of Go's is missing: the
 * depths it wants of shard and clusterdag pins are those of its own sharding; ours are recursive.
 *
 * @param defaultMin replication of pins that ask for none
 */
record PinRules(int defaultMin, int defaultMax) {

  /**
   * The pin with defaults filled in.
   *
   * @throws IllegalArgumentException if it may not be pinned
   */
  Pin check(Pin asked, Optional<Pin> existing, Instant now) {
    Pin pin = asked.withOptions(checkOptions(asked.options(), now));
    existing.ifPresent(old -> checkRepin(pin, old));
    return pin.options().everywhere() ? pin.withAllocations(List.of()) : pin;
  }

  /** Options alone, with defaults filled in. */
  PinOptions checkOptions(PinOptions asked, Instant now) {
    PinOptions options = withDefaults(asked);
    checkReplication(options);
    require(
        options.expireAt().filter(now::isAfter).isEmpty(), "pin.ExpireAt set before current time");
    return options;
  }

  private PinOptions withDefaults(PinOptions options) {
    int min = options.replicationMin() == 0 ? defaultMin : options.replicationMin();
    int max = options.replicationMax() == 0 ? defaultMax : options.replicationMax();
    return options.withReplication(min, max);
  }

  private static void checkReplication(PinOptions options) {
    int min = options.replicationMin();
    int max = options.replicationMax();
    require(min != 0 && max != 0, "replication factors must be set");
    require(min <= max, "replication factor min " + min + " is larger than max " + max);
    require(min >= -1 && max >= -1, "replication factors must be positive, or both -1");
    require(
        (min == -1) == (max == -1),
        "replication factors min and max must both be -1 when one of them is; given "
            + min
            + " and "
            + max);
  }

  private static void checkRepin(Pin pin, Pin old) {
    require(
        old.type() == pin.type(),
        "cannot repin CID with different tracking method, clear state with pin rm to proceed."
            + " New: "
            + pin.type().text()
            + ". Was: "
            + old.type().text());
    boolean wasRecursive = old.maxDepth() != Pin.DIRECT;
    require(
        !wasRecursive || pin.maxDepth() != Pin.DIRECT,
        "cannot repin a CID which is already pinned in recursive mode (new pin is pinned as"
            + " direct). Unpin it first.");
    checkReference(pin);
  }

  private static void checkReference(Pin pin) {
    boolean references = pin.reference().isPresent();
    switch (pin.type()) {
      case DATA -> require(!references, "data pins should not reference other pins");
      case META -> {
        require(pin.allocations().isEmpty(), "meta pin should not specify allocations");
        require(references, "metaPins should reference a ClusterDAG");
      }
      case CLUSTER_DAG -> require(references, "clusterDAG pins should reference a Meta pin");
      case SHARD -> {}
      case BAD -> throw new IllegalArgumentException("unrecognized pin type");
    }
  }

  /**
   * A pin that replaces {@code existing} for another CID, keeping all of it but what was asked for.
   *
   * @throws IllegalArgumentException if the old pin is not of a type that can be updated
   */
  static Pin update(Pin existing, Pin asked, Instant now) {
    require(existing.type() == PinType.DATA, "this pin type cannot be updated");
    PinOptions old = existing.options();
    PinOptions wish = asked.options();
    PinOptions merged =
        new PinOptions(
            old.replicationMin(),
            old.replicationMax(),
            wish.name().isEmpty() ? old.name() : wish.name(),
            old.direct(),
            old.shardSize(),
            old.dataShards(),
            old.parityShards(),
            old.userAllocations(),
            wish.expireAt().filter(now::isBefore).or(old::expireAt),
            old.metadata(),
            Optional.of(existing.cid()),
            old.origins());
    return new Pin(
        asked.cid(),
        existing.type(),
        existing.allocations(),
        existing.maxDepth(),
        existing.reference(),
        merged,
        existing.timestamp());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
