package io.ecluster.recovery;

import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The links of one read to the holders it needs. A holder that fails or is too slow is asked
 * whether it is there at all; if not, it is not asked again during this read.
 */
final class HolderLinks implements AutoCloseable {
  /** A holder that answers and yet breaks so many links is of no use to this read. */
  private static final int MAX_BROKEN_LINKS = 3;

  /** Longer than a disk and a loaded peer need, short enough that a reader does not notice. */
  static final Duration PATIENCE = Duration.ofMillis(750);

  private final Rpc rpc;
  private final Peers peers;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, HolderLink> links = new HashMap<>();
  private final Set<PeerId> gone = new HashSet<>();
  private final Map<PeerId, Integer> brokenLinks = new HashMap<>();

  HolderLinks(Rpc rpc, Peers peers) {
    this(rpc, peers, PATIENCE);
  }

  /**
   * @param patience how long a block may take
   */
  HolderLinks(Rpc rpc, Peers peers, Duration patience) {
    this.rpc = rpc;
    this.peers = peers;
    this.patience = patience;
  }

  boolean isGone(PeerId holder) {
    lock.lock();
    try {
      return gone.contains(holder);
    } finally {
      lock.unlock();
    }
  }

  /** A block from a holder, checked; nothing if it cannot be had soon. */
  Optional<byte[]> read(PeerId holder, Cid cid) throws InterruptedException {
    Optional<HolderLink> link = link(holder);
    if (link.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> block = link.get().read(cid, patience);
    if (block.isEmpty()) {
      judge(holder, link.get());
    }
    return block;
  }

  private Optional<HolderLink> link(PeerId holder) {
    lock.lock();
    try {
      if (gone.contains(holder)) {
        return Optional.empty();
      }
      HolderLink known = links.get(holder);
      if (known == null) {
        known = HolderLink.open(rpc, holder);
        links.put(holder, known);
      }
      return Optional.of(known);
    } catch (RpcException e) {
      gone.add(holder);
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** A link that broke is opened again if the holder is there; one that is only slow is kept. */
  private void judge(PeerId holder, HolderLink link) {
    boolean there = peers.answers(holder);
    lock.lock();
    try {
      if (link.dead() && links.remove(holder, link)) {
        there &= brokenLinks.merge(holder, 1, Integer::sum) < MAX_BROKEN_LINKS;
        link.close();
      }
      if (!there) {
        gone.add(holder);
        Optional.ofNullable(links.remove(holder)).ifPresent(HolderLink::close);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      links.values().forEach(HolderLink::close);
      links.clear();
    } finally {
      lock.unlock();
    }
  }
}
