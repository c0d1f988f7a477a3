package io.ecluster.core.cluster;

import io.ecluster.core.monitor.PingValue;
import io.ecluster.core.tracker.Identity;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsNode.NodeId;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this peer and its IPFS node are. The last answer of the node is kept, since statuses are
 * written also while it is down. Being asked with every ping, it is where it shows that the node is
 * gone or back.
 */
public final class SelfIdentity implements Supplier<Identity> {
  private static final Logger log = LoggerFactory.getLogger(SelfIdentity.class);

  private final IpfsNode ipfs;
  private final Supplier<List<Multiaddr>> moreAddresses;
  private final List<Runnable> whenBack = new CopyOnWriteArrayList<>();
  private final AtomicBoolean answering = new AtomicBoolean(true);
  private volatile Identity known;

  public SelfIdentity(PeerId peer, String peerName, IpfsNode ipfs) {
    this(peer, peerName, ipfs, List::of);
  }

  /**
   * @param moreAddresses where else IPFS nodes get blocks from this peer, told beside the node's
   *     own addresses
   */
  public SelfIdentity(
      PeerId peer, String peerName, IpfsNode ipfs, Supplier<List<Multiaddr>> moreAddresses) {
    this.ipfs = ipfs;
    this.moreAddresses = moreAddresses;
    this.known = new Identity(peer, peerName, Optional.empty(), List.of());
  }

  /** Runs this each time that the node answers again; it must not block. */
  public void onReturn(Runnable action) {
    whenBack.add(action);
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
    NodeId node = ask();
    List<Multiaddr> addresses = new ArrayList<>(node.addresses());
    addresses.addAll(moreAddresses.get());
    known = new Identity(known.peer(), known.peerName(), Optional.of(node.id()), addresses);
    if (answering.compareAndSet(false, true)) {
      log.info("The IPFS node answers");
      whenBack.forEach(Runnable::run);
    }
    return known;
  }

  private NodeId ask() {
    try {
      return ipfs.id();
    } catch (IpfsException e) {
      if (answering.compareAndSet(true, false)) {
        log.warn("The IPFS node does not answer; what needs it waits or fails: {}", e.getMessage());
      }
      throw e;
    }
  }
}
