package io.ecluster.ipfs.embedded;

import io.ecluster.libp2p.Host;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.util.List;

/** As much of a libp2p host as the node shows to its users. */
public interface SwarmView {
  PeerId id();

  /** Dialable addresses, each ending in {@code /p2p/ID}. */
  List<Multiaddr> addresses();

  List<PeerId> connectedPeers();

  /**
   * Connects, unless connected already; {@code address} ends in {@code /p2p/ID}.
   *
   * @throws IOException if that peer does not answer there
   */
  void connect(Multiaddr address) throws IOException;

  /** Ends all connections to a peer. */
  void disconnect(PeerId peer);

  static SwarmView of(Host host) {
    return new HostSwarm(host);
  }
}
