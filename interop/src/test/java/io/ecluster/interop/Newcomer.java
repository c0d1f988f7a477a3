package io.ecluster.interop;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * A peer that starts with an empty store and knows one peer of a cluster.
 *
 * @param untilSame from the start of its process until it had the pins of the cluster
 * @param figures of its process at that time
 * @param wrong pins that a Go peer keeps wrongly, see {@link SamePins}; none of ours does
 */
record Newcomer(MixedPeer peer, Duration untilSame, ProcessFigures figures, Set<String> wrong) {
  /** A Go peer goes down some fifty updates a second. */
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final Duration UNCHANGED = Duration.ofSeconds(15);
  private static final Duration REST = Duration.ofSeconds(2);

  /**
   * Starts it and waits until it has the pins.
   *
   * @param known the only peer it is told of
   * @param bottom pins written at the very beginning, and never again
   */
  static Newcomer join(MixedPeer peer, MixedPeer known, List<String> bottom) {
    Progress progress = new Progress(peer, known.pins(), bottom);
    long begun = System.nanoTime();
    peer.start("--bootstrap", known.clusterAddress());
    PeerProcesses.await(PATIENCE, peer.name() + " has all pins", progress::done);
    ProcessFigures figures = ProcessFigures.of(peer.pid());
    PeerProcesses.await("it has the last updates, too", progress::isLongUnchanged);
    return new Newcomer(
        peer,
        Duration.ofNanos(progress.changedNanos - begun),
        figures,
        SamePins.differing(List.of(progress.now, progress.wanted)));
  }

  private static final class Progress {
    private final MixedPeer peer;
    private final NavigableMap<String, JsonObject> wanted;
    private final List<String> bottom;
    private NavigableMap<String, JsonObject> now = new TreeMap<>();
    private long changedNanos = System.nanoTime();

    private Progress(MixedPeer peer, NavigableMap<String, JsonObject> wanted, List<String> bottom) {
      this.peer = peer;
      this.wanted = wanted;
      this.bottom = bottom;
    }

    private boolean done() {
      if (!peer.alive()) {
        throw new AssertionError(peer.name() + " has ended: " + peer.log());
      }
      NavigableMap<String, JsonObject> before = now;
      now = peer.pins();
      if (!now.equals(before)) {
        changedNanos = System.nanoTime();
      }
      return now.equals(wanted) || (!peer.isOurs() && mayBeWrong());
    }

    private boolean mayBeWrong() {
      return now.keySet().containsAll(bottom)
          && System.nanoTime() - changedNanos > UNCHANGED.toNanos();
    }

    /** Other updates than those that made the last change may still be under way. */
    private boolean isLongUnchanged() {
      return System.nanoTime() - changedNanos > REST.toNanos();
    }
  }
}
