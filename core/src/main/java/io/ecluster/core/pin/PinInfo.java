package io.ecluster.core.pin;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one peer says of one pin.
 *
 * @param created when the pin was made
 * @param timestamp when the peer last changed its status
 */
public record PinInfo(
    Cid cid,
    String name,
    PeerId peer,
    List<PeerId> allocations,
    List<Multiaddr> origins,
    Optional<Instant> created,
    Map<String, String> metadata,
    String peerName,
    Optional<PeerId> ipfsId,
    List<Multiaddr> ipfsAddresses,
    TrackerStatus status,
    Instant timestamp,
    String error,
    int attempts,
    boolean priority) {

  public PinInfo {
    allocations = List.copyOf(allocations);
    origins = List.copyOf(origins);
    metadata = Map.copyOf(metadata);
    ipfsAddresses = List.copyOf(ipfsAddresses);
  }
}
