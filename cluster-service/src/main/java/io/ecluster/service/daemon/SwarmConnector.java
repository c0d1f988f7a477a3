package io.ecluster.service.daemon;

import io.ecluster.core.peers.PeerInfo.IpfsInfo;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the IPFS nodes of the members connected to each other, so that what one has the others can
 * fetch. The members are asked where these are while some are missing.
 *
 * <p>Kubo 0.42 never exchanges blocks with a neighbour that came while it started. So a connection
 * that a Kubo daemon had before it was first seen here, or seen again, is dropped and made anew.
 */
final class SwarmConnector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SwarmConnector.class);
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** Nodes that one member may name: its own, and the daemon's beside it; and some to spare. */
  private static final int MAX_NODES_OF_A_MEMBER = 4;

  /** Addresses tried of one node. */
  private static final int MAX_ADDRESSES_OF_A_NODE = 16;

  private final IpfsNode ipfs;
  private final Supplier<List<PeerId>> members;
  private final Supplier<List<IpfsInfo>> nodes;
  private final boolean renewing;
  private final Thread thread;

  /** Nodes of all members but our own, as last told. */
  private final Map<PeerId, List<Multiaddr>> known = new LinkedHashMap<>();

  /** The members that told them; empty when not all did. */
  private Set<PeerId> asked = Set.of();

  /** Those whose connections are known to carry blocks. */
  private final Set<PeerId> fresh = ConcurrentHashMap.newKeySet();

  /**
   * @param members this peer and all others
   * @param nodes asks all members for their nodes
   * @param renewing whether connections that the node had before are made anew
   * @param delay before the first round
   */
  SwarmConnector(
      IpfsNode ipfs,
      Supplier<List<PeerId>> members,
      Supplier<List<IpfsInfo>> nodes,
      boolean renewing,
      Duration delay) {
    this.ipfs = ipfs;
    this.members = members;
    this.nodes = nodes;
    this.renewing = renewing;
    this.thread = Thread.ofVirtual().name("swarm-connector").unstarted(() -> run(delay));
  }

  SwarmConnector start() {
    thread.start();
    return this;
  }

  private void run(Duration delay) {
    try {
      Thread.sleep(delay);
      while (true) {
        round();
        Thread.sleep(ROUND);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /** Connects whom the node is not connected to. */
  void round() {
    try {
      PeerId self = ipfs.id().id();
      Set<PeerId> connected = new HashSet<>(ipfs.swarmPeers());
      Map<PeerId, List<Multiaddr>> wanted = wanted(self, connected);
      fresh.retainAll(connected);
      if (renewing) {
        wanted.keySet().stream()
            .filter(peer -> connected.contains(peer) && !fresh.contains(peer))
            .toList()
            .forEach(peer -> {
              ipfs.swarmDisconnect(peer);
              connected.remove(peer);
            });
      }
      wanted.keySet().removeAll(connected);
      connect(wanted);
    } catch (IpfsException e) {
      fresh.clear();
      LOG.debug("IPFS nodes are not connected now: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All at the same time: one that is gone holds up no other. */
  private void connect(Map<PeerId, List<Multiaddr>> nodes) throws InterruptedException {
    List<Thread> dials = new ArrayList<>();
    nodes.forEach(
        (node, addresses) -> dials.add(Thread.startVirtualThread(() -> connect(node, addresses))));
    for (Thread dial : dials) {
      dial.join();
    }
  }

  private Map<PeerId, List<Multiaddr>> wanted(PeerId self, Set<PeerId> connected) {
    Set<PeerId> present = Set.copyOf(members.get());
    if (!present.equals(asked) || !connected.containsAll(known.keySet())) {
      ask(self, present);
    }
    return new LinkedHashMap<>(known);
  }

  private void ask(PeerId self, Set<PeerId> present) {
    List<IpfsInfo> answers = nodes.get().stream().filter(node -> node.id().isPresent()).toList();
    known.clear();
    answers.forEach(answer -> known.putAll(nodesOf(answer)));
    known.remove(self);
    asked = answers.size() == present.size() ? present : Set.of();
  }

  private static Map<PeerId, List<Multiaddr>> nodesOf(IpfsInfo member) {
    Map<PeerId, List<Multiaddr>> nodes = new LinkedHashMap<>();
    for (Multiaddr address : member.addresses()) {
      PeerId node = address.peerId().or(member::id).orElse(null);
      if (node != null && (nodes.containsKey(node) || nodes.size() < MAX_NODES_OF_A_MEMBER)) {
        List<Multiaddr> addresses = nodes.computeIfAbsent(node, _ -> new ArrayList<>());
        if (addresses.size() < MAX_ADDRESSES_OF_A_NODE) {
          addresses.add(address.peerId().isPresent() ? address : address.withPeerId(node));
        }
      }
    }
    return nodes;
  }

  private void connect(PeerId node, List<Multiaddr> addresses) {
    for (Multiaddr address : addresses) {
      try {
        ipfs.swarmConnect(address);
        fresh.add(node);
        return;
      } catch (IpfsException e) {
        LOG.debug("IPFS node at {} cannot be reached: {}", address, e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
