package io.ecluster.adder;

import io.ecluster.core.cluster.AddsInProgress;
import io.ecluster.erasure.CodingId;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The coded adds of this peer. A root is named from before its pin is looked at until some time
 * after its add has ended: of two adds that pin one root at the same time, the one that looks last
 * so finds the other's name.
 */
final class AddsUnderWay implements AddsInProgress {
  private final Set<CodingId> codings = ConcurrentHashMap.newKeySet();
  private final Map<CodingId, Pinning> pinning = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final Duration memory;

  /**
   * @param memory how long a root is named after its add has ended
   */
  AddsUnderWay(InstantSource clock, Duration memory) {
    this.clock = clock;
    this.memory = memory;
  }

  private record Pinning(Cid root, Optional<Instant> end) {
    boolean isOver(Instant now) {
      return end.filter(e -> e.isBefore(now)).isPresent();
    }
  }

  void begin(CodingId coding) {
    codings.add(coding);
  }

  /** The add is about to pin its root. */
  void pins(CodingId coding, Cid root) {
    pinning.put(coding, new Pinning(root, Optional.empty()));
  }

  void end(CodingId coding) {
    Instant now = clock.instant();
    codings.remove(coding);
    pinning.computeIfPresent(
        coding, (_, add) -> new Pinning(add.root(), Optional.of(now.plus(memory))));
    pinning.values().removeIf(add -> add.isOver(now));
  }

  /** Whether another add of this peer pins a root, or did so a short while ago. */
  boolean isAnotherAdding(CodingId coding, Cid root) {
    Instant now = clock.instant();
    return pinning.entrySet().stream()
        .filter(add -> !add.getKey().equals(coding))
        .anyMatch(add -> add.getValue().root().equals(root) && !add.getValue().isOver(now));
  }

  @Override
  public Set<String> names() {
    Instant now = clock.instant();
    Set<String> names = new HashSet<>();
    codings.forEach(coding -> names.add(coding.toString()));
    pinning.values().stream()
        .filter(add -> !add.isOver(now))
        .forEach(add -> names.add(add.root().toString()));
    return names;
  }
}
