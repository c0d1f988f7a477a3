package io.ecluster.core.cluster;

import io.ecluster.core.tracker.Identity;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsNode.NodeId;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who this peer and its IPFS node are. The last answer of the node is kept, since statuses are
 * written also while it is down.
 */
public final class SelfIdentity implements Supplier<Identity> {
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
