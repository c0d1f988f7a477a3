package io.ecluster.interop;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.time.Duration;
import java.util.NavigableMap;

/**
 * A peer that starts with an empty store and knows one peer of a cluster.
 *
 * @param untilSame from the start of its process until it had all pins of the cluster
 * @param figures of its process at that time
 */
record Newcomer(MixedPeer peer, Duration untilSame, ProcessFigures figures) {
  /** A peer of Go's goes down some fifty updates a second. */
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /**
   * Starts it and waits until it has the pins.
   *
   * @param known the only peer it is told of
   */
  static Newcomer join(MixedPeer peer, MixedPeer known) {
    NavigableMap<String, JsonObject> pins = known.pins();
    long begun = System.nanoTime();
    peer.start("--bootstrap", known.clusterAddress());
    PeerProcesses.await(
        PATIENCE, peer.name() + " has all pins", () -> peer.pins().equals(pins));
    Duration untilSame = Duration.ofNanos(System.nanoTime() - begun);
    return new Newcomer(peer, untilSame, ProcessFigures.of(peer.pid()));
  }
}
