package io.ecluster.core.cluster;

import io.ecluster.core.monitor.PingValue;
import io.ecluster.core.tracker.Identity;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsNode.NodeId;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this peer and its IPFS node are. The last answer of the node is kept, since statuses are
 * written also while it is down.
 */
public final class SelfIdentity implements Supplier<Identity> {
  private static final Logger log = LoggerFactory.getLogger(SelfIdentity.class);

  private final IpfsNode ipfs;
  private volatile Identity known;

  public SelfIdentity(PeerId peer, String peerName, IpfsNode ipfs) {
    this.ipfs = ipfs;
    this.known = new Identity(peer, peerName, Optional.empty(), List.of());
  }

  /** What is known; never asks the node. */
  @Override
  public Identity get() {
    return known;
  }

  /** What this peer's ping says: with what the node answers now, or else answered last. */
  public PingValue ping() {
    try {
      refresh();
    } catch (IpfsException e) {
      log.debug("IPFS does not answer: {}", e.getMessage());
    }
    return new PingValue(known.peerName(), known.ipfsId(), known.ipfsAddresses());
  }

  /**
   * Asks the node.
   *
   * @throws IpfsException if it does not answer; what was known stays
   */
  public Identity refresh() {
    NodeId node = ipfs.id();
    known = new Identity(known.peer(), known.peerName(), Optional.of(node.id()), node.addresses());
    return known;
  }
}
