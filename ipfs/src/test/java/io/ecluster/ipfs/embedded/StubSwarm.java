package io.ecluster.ipfs.embedded;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A swarm that only remembers whom it was told to connect to. */
final class StubSwarm implements SwarmView {
  static final PeerId ID = PeerId.ofPublicKey(new byte[] {1, 2, 3});

  final List<Multiaddr> dialled = new CopyOnWriteArrayList<>();

  @Override
  public PeerId id() {
    return ID;
  }

  @Override
  public List<Multiaddr> addresses() {
    return List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001").withPeerId(ID));
  }

  @Override
  public List<PeerId> connectedPeers() {
    return dialled.stream().flatMap(address -> address.peerId().stream()).toList();
  }

  @Override
  public void connect(Multiaddr address) throws IOException {
    if (address.peerId().isEmpty()) {
      throw new IOException("nobody there");
    }
    dialled.add(address);
  }

  @Override
  public void disconnect(PeerId peer) {
    dialled.removeIf(address -> address.peerId().filter(peer::equals).isPresent());
  }
}
