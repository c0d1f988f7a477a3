package io.ecluster.core.cluster;

import java.time.Duration;
import java.util.List;

/**
 * How a cluster peer behaves.
 *
 * @param replicationMin used where a pin says 0; −1 with {@code replicationMax} −1 is everywhere
 * @param allocateBy metrics to allocate by, in order; tags among them are the failure domains
 * @param followerMode whether it only holds pins: its APIs refuse writes
 * @param disableRepinning whether pins of dead peers stay where they are
 */
public record PeerSettings(
    String peerName,
    String version,
    int replicationMin,
    int replicationMax,
    List<String> allocateBy,
    boolean pinOnlyOnTrusted,
    boolean pinOnlyOnUntrusted,
    boolean followerMode,
    boolean disableRepinning,
    Duration stateSyncInterval,
    Duration pinRecoverInterval) {

  public PeerSettings {
    allocateBy = List.copyOf(allocateBy);
    if (pinOnlyOnTrusted && pinOnlyOnUntrusted) {
      throw new IllegalArgumentException(
          "pin_only_on_trusted_peers and pin_only_on_untrusted_peers exclude each other");
    }
  }

  /** What {@code init} writes. */
  public static PeerSettings defaults(String peerName, String version) {
    return new PeerSettings(
        peerName,
        version,
        -1,
        -1,
        List.of("tag:group", "freespace"),
        false,
        false,
        false,
        true,
        Duration.ofMinutes(5),
        Duration.ofMinutes(12));
  }
}
