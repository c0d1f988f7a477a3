package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets and removes pins on behalf of users. */
final class Pinning {
  private static final Logger log = LoggerFactory.getLogger(Pinning.class);

  /**
   * Removals in one delta. A removal takes some 150 bytes and a delta block must stay below the 1
   * MiB that Go peers fetch; what a crash leaves between two deltas is swept later.
   */
  private static final int MAX_REMOVALS_PER_DELTA = 2000;

  private final PinRules rules;
  private final boolean followerMode;
  private final Allocations allocations;
  private final Consensus consensus;
  private final CodedPins codedPins;
  private final InstantSource clock;

  Pinning(PeerParts parts, PeerSettings settings, Allocations allocations) {
    this.rules = new PinRules(settings.replicationMin(), settings.replicationMax());
    this.followerMode = settings.followerMode();
    this.allocations = allocations;
    this.consensus = parts.consensus();
    this.codedPins = parts.codedPins();
    this.clock = parts.clock();
  }

  Pin pin(Pin asked) {
    return pin(asked, Set.of());
  }

  /** Pins, never on those excluded. */
  Pin pin(Pin asked, Set<PeerId> excluded) {
    requireWriter();
    Pin pin =
        asked
            .options()
            .pinUpdate()
            .filter(from -> !from.equals(asked.cid()))
            .map(from -> PinRules.update(find(from), asked, clock.instant()))
            .orElseGet(() -> placed(asked, excluded))
            .withTimestamp(clock.instant());
    consensus.commit(List.of(new PinChange.Put(pin)));
    return pin;
  }

  private Pin placed(Pin asked, Set<PeerId> excluded) {
    Optional<Pin> existing = consensus.state().get(asked.cid());
    Pin pin = rules.check(asked, existing, clock.instant());
    if (pin.type() == PinType.META || !pin.allocations().isEmpty()) {
      return pin;
    }
    return pin.withAllocations(
        allocations.choose("CID " + pin.cid(), pin.options(), existing, excluded));
  }

  Pin unpin(Cid cid) {
    requireWriter();
    Pin pin = find(cid);
    switch (pin.type()) {
      case DATA, BAD -> consensus.commit(List.of(new PinChange.Remove(cid)));
      case META -> unpinCoded(pin);
      case SHARD ->
          throw new IllegalArgumentException(
              "cannot unpin a shard directly. Unpin content root CID instead");
      case CLUSTER_DAG ->
          throw new IllegalArgumentException(
              "cannot unpin a Cluster DAG directly. Unpin content root CID instead");
    }
    return pin;
  }

  /** Meta pin, manifest, shards, in this order: the rest is swept if we stop half way. */
  private void unpinCoded(Pin meta) {
    Set<Cid> doomed = new LinkedHashSet<>();
    doomed.add(meta.cid());
    meta.reference().ifPresent(doomed::add);
    doomed.addAll(partsOf(meta));
    List<PinChange> removals = new ArrayList<>();
    doomed.forEach(cid -> removals.add(new PinChange.Remove(cid)));
    for (int i = 0; i < removals.size(); i += MAX_REMOVALS_PER_DELTA) {
      int end = Math.min(removals.size(), i + MAX_REMOVALS_PER_DELTA);
      consensus.commit(removals.subList(i, end));
    }
  }

  private List<Cid> partsOf(Pin meta) {
    try {
      return codedPins.partsOf(meta);
    } catch (RuntimeException e) {
      log.warn(
          "The manifest of {} cannot be read, its shards are left to the sweep: {}",
          meta.cid(),
          e.toString());
      return List.of();
    }
  }

  private Pin find(Cid cid) {
    return consensus.state().get(cid).orElseThrow(PinNotFoundException::new);
  }

  void requireWriter() {
    if (followerMode) {
      throw new FollowerModeException();
    }
  }

  /** Options with defaults, checked as if something were pinned with them now. */
  PinOptions checked(PinOptions options) {
    requireWriter();
    return rules.checkOptions(options, clock.instant());
  }
}
