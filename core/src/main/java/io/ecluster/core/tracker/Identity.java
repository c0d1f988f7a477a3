package io.ecluster.core.tracker;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/** Who this peer is: what it writes beside every status it gives. */
public record Identity(
    PeerId peer, String peerName, Optional<PeerId> ipfsId, List<Multiaddr> ipfsAddresses) {
  public Identity {
    ipfsAddresses = List.copyOf(ipfsAddresses);
  }
}
