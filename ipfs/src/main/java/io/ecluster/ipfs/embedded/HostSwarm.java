package io.ecluster.ipfs.embedded;

import io.ecluster.libp2p.Host;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A libp2p host seen as a swarm. */
record HostSwarm(Host host) implements SwarmView {
  /** Kubo's limit for one dial. */
  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(60);

  @Override
  public PeerId id() {
    return host.id();
  }

  @Override
  public List<Multiaddr> addresses() {
    return host.addresses();
  }

  @Override
  public List<PeerId> connectedPeers() {
    return host.connectedPeers();
  }

  @Override
  public void connect(Multiaddr address) throws IOException {
    PeerId peer =
        address.peerId().orElseThrow(() -> new IOException("no /p2p/ID at the end of " + address));
    boolean bare = address.parts().size() == 1;
    host.connect(peer, bare ? List.of() : List.of(address.withoutPeerId()), DIAL_TIMEOUT);
  }

  @Override
  public void disconnect(PeerId peer) {
    host.disconnect(peer);
  }
}
