package io.ecluster.ipfs;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Fake nodes that can fetch each other's blocks, as if all were connected. */
public final class FakeIpfsNetwork {
  private final Map<PeerId, FakeIpfsNode> nodes = new ConcurrentSkipListMap<>();

  /** A new node, connected to all others; {@code number} makes its peer id. */
  public FakeIpfsNode node(int number) {
    return new FakeIpfsNode(number, this);
  }

  public Collection<FakeIpfsNode> nodes() {
    return List.copyOf(nodes.values());
  }

  void join(FakeIpfsNode node) {
    if (nodes.put(node.peer(), node) != null) {
      throw new IllegalStateException("two fake nodes with peer id " + node.peer());
    }
  }

  void leave(FakeIpfsNode node) {
    nodes.remove(node.peer());
  }

  Optional<byte[]> fetch(FakeIpfsNode asker, Cid cid) {
    return reachable(asker).stream().flatMap(other -> other.give(cid).stream()).findFirst();
  }

  List<FakeIpfsNode> reachable(FakeIpfsNode asker) {
    return asker.isOnline()
        ? nodes.values().stream().filter(n -> n != asker && n.isOnline()).toList()
        : List.of();
  }

  void dial(FakeIpfsNode asker, Multiaddr address) {
    PeerId wanted =
        address.peerId().orElseThrow(() -> new IpfsException("no /p2p in address " + address));
    if (reachable(asker).stream().noneMatch(n -> n.peer().equals(wanted))) {
      throw new IpfsException("cannot connect to " + address);
    }
  }
}
