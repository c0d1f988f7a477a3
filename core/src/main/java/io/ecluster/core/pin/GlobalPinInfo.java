package io.ecluster.core.pin;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What all peers say of one pin. */
public record GlobalPinInfo(
    Cid cid,
    String name,
    List<PeerId> allocations,
    List<Multiaddr> origins,
    Optional<Instant> created,
    Map<String, String> metadata,
    Map<PeerId, PinInfo> peers) {

  public GlobalPinInfo {
    allocations = List.copyOf(allocations);
    origins = List.copyOf(origins);
    metadata = Map.copyOf(metadata);
    peers = Map.copyOf(peers);
  }
}
