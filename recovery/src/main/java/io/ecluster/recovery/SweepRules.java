package io.ecluster.recovery;

import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides which pins belong to nothing: manifests that no coded pin references, and shards whose
 * coding has no such manifest. They are what an add left that died, what a concurrent add of the
 * same root replaced, or what a Go peer left when it unpinned a root without knowing of shards.
 *
 * <p>Only pins with a coding id are ours to judge. What is young, or of an add under way, stays.
 *
 * @param lookup the pinset
 * @param living coding ids of manifests that their root references
 * @param adding coding ids of adds under way anywhere
 * @param grace how long a pin may be without owner
 */
record SweepRules(
    Function<Cid, Optional<Pin>> lookup,
    Set<String> living,
    Set<String> adding,
    Instant now,
    Duration grace) {

  /** The coding id of a part of a coding. */
  static Optional<String> codingOf(Pin pin) {
    return Optional.ofNullable(pin.options().metadata().get(CodedPinFactory.CODING_ID));
  }

  /** Whether the root of a manifest pin references it. */
  static boolean isReferenced(Pin clusterDag, Function<Cid, Optional<Pin>> lookup) {
    return clusterDag
        .reference()
        .flatMap(lookup)
        .filter(root -> root.type() == PinType.META)
        .flatMap(Pin::reference)
        .filter(clusterDag.cid()::equals)
        .isPresent();
  }

  /** Whether a pin is to be removed. */
  boolean isOrphan(Pin pin) {
    Optional<String> coding = codingOf(pin);
    if (coding.isEmpty() || adding.contains(coding.get()) || !isOld(pin)) {
      return false;
    }
    return switch (pin.type()) {
      case CLUSTER_DAG -> !isReferenced(pin, lookup);
      case SHARD -> !living.contains(coding.get());
      case BAD, DATA, META -> false;
    };
  }

  private boolean isOld(Pin pin) {
    return pin.timestamp().filter(made -> made.plus(grace).isBefore(now)).isPresent();
  }
}
