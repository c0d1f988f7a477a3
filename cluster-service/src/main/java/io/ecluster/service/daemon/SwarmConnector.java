package io.ecluster.service.daemon;

import io.ecluster.core.cluster.ClusterPeer;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the IPFS nodes of the members connected to each other, so that what one has the others can
 * fetch. Asks the members where their nodes are while some are missing.
 */
final class SwarmConnector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SwarmConnector.class);
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final Duration FIRST_ROUND = Duration.ofSeconds(2);

  private final IpfsNode ipfs;
  private final ClusterPeer cluster;
  private final Thread thread;

  private SwarmConnector(IpfsNode ipfs, ClusterPeer cluster) {
    this.ipfs = ipfs;
    this.cluster = cluster;
    this.thread = Thread.ofVirtual().name("swarm-connector").unstarted(this::run);
  }

  static SwarmConnector start(IpfsNode ipfs, ClusterPeer cluster) {
    SwarmConnector connector = new SwarmConnector(ipfs, cluster);
    connector.thread.start();
    return connector;
  }

  private void run() {
    try {
      Thread.sleep(FIRST_ROUND);
      while (true) {
        if (ipfs.swarmPeers().size() < cluster.members().size() - 1) {
          connectMissing();
        }
        Thread.sleep(ROUND);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void connectMissing() {
    List<PeerInfo> members = new ArrayList<>();
    cluster.peers(members::add);
    Set<PeerId> connected = Set.copyOf(ipfs.swarmPeers());
    PeerId self = ipfs.id().id();
    members.stream()
        .map(PeerInfo::ipfs)
        .filter(
            node -> node.id().filter(id -> !id.equals(self) && !connected.contains(id)).isPresent())
        .forEach(this::connect);
  }

  private void connect(PeerInfo.IpfsInfo node) {
    for (Multiaddr address : node.addresses()) {
      try {
        ipfs.swarmConnect(address);
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
