package io.ecluster.core.pin;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One entry of the shared pinset.
 *
 * @param allocations the peers that hold it; empty when it is held everywhere
 * @param maxDepth −1 recursive, 0 direct
 * @param reference for a meta pin its manifest root, for a clusterdag pin the data root
 * @param timestamp whole seconds once stored
 */
public record Pin(
    Cid cid,
    PinType type,
    List<PeerId> allocations,
    int maxDepth,
    Optional<Cid> reference,
    PinOptions options,
    Optional<Instant> timestamp) {

  public static final int RECURSIVE = -1;
  public static final int DIRECT = 0;

  public Pin {
    allocations = List.copyOf(allocations);
  }

  /** A plain recursive data pin without allocations. */
  public static Pin of(Cid cid, PinOptions options) {
    return new Pin(
        cid,
        PinType.DATA,
        List.of(),
        options.direct() ? DIRECT : RECURSIVE,
        Optional.empty(),
        options,
        Optional.empty());
  }

  public Pin withAllocations(List<PeerId> peers) {
    return new Pin(cid, type, peers, maxDepth, reference, options, timestamp);
  }

  public Pin withOptions(PinOptions newOptions) {
    return new Pin(cid, type, allocations, maxDepth, reference, newOptions, timestamp);
  }

  public Pin withTimestamp(Instant when) {
    return new Pin(cid, type, allocations, maxDepth, reference, options, Optional.of(when));
  }

  /** Whether {@code peer} is to hold this pin. */
  public boolean allocatedTo(PeerId peer) {
    return options.everywhere() || allocations.contains(peer);
  }
}
