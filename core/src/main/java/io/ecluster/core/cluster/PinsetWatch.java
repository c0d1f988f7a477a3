package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor.Alert;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to pins without anybody asking: those that expired are removed, those of a dead peer
 * move. Of all trusted members the one nearest to the pin acts.
 *
 * <p>Only replicated pins move here. Shards are rebuilt, not copied: that is the repairer's work,
 * and expiry of a coded pin is that of its meta pin.
 */
final class PinsetWatch {
  private static final Logger log = LoggerFactory.getLogger(PinsetWatch.class);

  private final Members members;
  private final Consensus consensus;
  private final Pinning pinning;
  private final InstantSource clock;
  private final Set<PeerId> dead = new HashSet<>();
  private Instant lastAlert = Instant.MIN;

  PinsetWatch(PeerParts parts, Members members, Pinning pinning) {
    this.members = members;
    this.consensus = parts.consensus();
    this.pinning = pinning;
    this.clock = parts.clock();
  }

  /** Unpins what has expired and is ours to unpin. */
  void removeExpired() {
    Instant now = clock.instant();
    forEachOfOurs(
        pin -> pin.options().expireAt().filter(now::isAfter).isPresent(),
        Set.of(),
        pin -> pinning.unpin(pin.cid()));
  }

  /**
   * Moves pins away from the peers whose pings ran out since the last call. When one dies, those
   * that died before are looked at again: the peer that was to move their pins may be this one.
   */
  void moveFromDead(List<Alert> alerts) {
    Set<PeerId> alive = new HashSet<>(members.all());
    dead.removeAll(alive);
    Set<PeerId> newly = newlyDead(alerts, alive);
    if (!newly.isEmpty()) {
      dead.addAll(newly);
      dead.forEach(this::moveFrom);
    }
  }

  private Set<PeerId> newlyDead(List<Alert> alerts, Set<PeerId> alive) {
    Instant seen = lastAlert;
    Set<PeerId> newly = new HashSet<>();
    for (Alert alert : alerts) {
      if (alert.triggeredAt().isAfter(seen)) {
        lastAlert = alert.triggeredAt().isAfter(lastAlert) ? alert.triggeredAt() : lastAlert;
        PeerId peer = alert.metric().peer();
        if (alert.metric().name().equals(Metric.PING) && !alive.contains(peer)) {
          newly.add(peer);
        }
      }
    }
    return newly;
  }

  /** Allocates all replicated pins of a peer anew, without it. */
  void moveFrom(PeerId dead) {
    log.info("Moving pins away from {}", dead);
    forEachOfOurs(
        pin -> pin.type() == PinType.DATA && pin.allocations().contains(dead),
        Set.of(dead),
        pin -> pinning.pin(pin.withAllocations(List.of()), Set.of(dead)));
  }

  private void forEachOfOurs(Predicate<Pin> which, Set<PeerId> absent, Action action) {
    List<PeerId> rivals =
        members.trusted().stream().filter(peer -> !absent.contains(peer)).toList();
    try (Stream<Pin> pins = consensus.state().list()) {
      pins.filter(which)
          .filter(pin -> Distance.isClosest(members.self(), rivals, pin.cid()))
          .forEach(pin -> attempt(pin.cid(), () -> action.on(pin)));
    }
  }

  /** One pin that cannot be dealt with must not keep the others waiting. */
  private static void attempt(Cid cid, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.warn("Pin {} could not be removed or moved: {}", cid, e.toString());
    }
  }

  @FunctionalInterface
  private interface Action {
    void on(Pin pin);
  }
}
