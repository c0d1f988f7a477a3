package io.ecluster.recovery;

import io.ecluster.core.cluster.Peers;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Links to the holders of blocks, for one read or for many who ask for single blocks. A holder that
 * fails or is too slow is asked whether it is there at all; if not, it is not asked for blocks
 * again until it answers. That is looked into now and then, aside from those who wait for blocks.
 */
final class HolderLinks implements AutoCloseable {
  /** A holder that answers and yet breaks so many links is of no use to this read. */
  private static final int MAX_BROKEN_LINKS = 3;

  /** Longer than a disk and a loaded peer need, short enough that a reader does not notice. */
  static final Duration PATIENCE = Duration.ofMillis(750);

  /** For a holder on which it depends whether a block can be had at all. */
  private static final Duration LATE_PATIENCE = Duration.ofSeconds(5);

  /** What opening a link may take beyond that. */
  private static final Duration OPENING = Duration.ofSeconds(1);

  /** The longest time after which a holder that was gone is asked again whether it is there. */
  private static final Duration GONE_FOR = Duration.ofSeconds(15);

  /**
   * The first time: under load a holder that lives may answer late. Each time that it does not
   * answer doubles it.
   */
  private static final Duration GONE_AT_FIRST = Duration.ofSeconds(1);

  private final Rpc rpc;
  private final Peers peers;
  private final IpfsNode ipfs;
  private final Duration patience;
  private final Duration goneFor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, CompletableFuture<HolderLink>> links = new HashMap<>();

  private final Map<PeerId, Absence> gone = new HashMap<>();

  private final Set<PeerId> foreign = ConcurrentHashMap.newKeySet();
  private final Map<PeerId, Integer> brokenLinks = new HashMap<>();

  /** When a holder was found gone last, and after how long it is asked again. */
  private record Absence(long foundNanos, Duration askedAfter) {}

  HolderLinks(Rpc rpc, Peers peers, IpfsNode ipfs) {
    this(rpc, peers, ipfs, PATIENCE);
  }

  /**
   * @param ipfs what blocks of holders that are not our peers come through
   * @param patience how long a block may take
   */
  HolderLinks(Rpc rpc, Peers peers, IpfsNode ipfs, Duration patience) {
    this(rpc, peers, ipfs, patience, GONE_FOR);
  }

  /**
   * @param goneFor the longest time after which a holder that was gone is asked again
   */
  HolderLinks(Rpc rpc, Peers peers, IpfsNode ipfs, Duration patience, Duration goneFor) {
    this.rpc = rpc;
    this.peers = peers;
    this.ipfs = ipfs;
    this.patience = patience;
    this.goneFor = goneFor;
  }

  boolean isGone(PeerId holder) {
    lock.lock();
    try {
      Absence absence = gone.get(holder);
      if (absence != null
          && System.nanoTime() - absence.foundNanos() > absence.askedAfter().toNanos()) {
        gone.put(holder, absenceOf(absence.askedAfter().multipliedBy(2)));
        Thread.ofVirtual().name("is back: " + holder).start(() -> lookAgain(holder));
      }
      return absence != null;
    } finally {
      lock.unlock();
    }
  }

  private Absence absenceOf(Duration askedAfter) {
    return new Absence(System.nanoTime(), askedAfter.compareTo(goneFor) < 0 ? askedAfter : goneFor);
  }

  private void lookAgain(PeerId holder) {
    if (peers.answers(holder)) {
      welcome(holder);
    }
  }

  private void welcome(PeerId holder) {
    lock.lock();
    try {
      gone.remove(holder);
      brokenLinks.remove(holder);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a holder is silent even when it is given time. One that answers is asked for blocks
   * again at once.
   */
  boolean isLost(PeerId holder) {
    boolean there = peers.answers(holder, LATE_PATIENCE);
    if (there) {
      welcome(holder);
    }
    return !there;
  }

  /** A block from a holder, checked; nothing if it cannot be had soon. */
  Optional<byte[]> read(PeerId holder, Cid cid) throws InterruptedException {
    Optional<byte[]> block = foreign.contains(holder) ? Optional.empty() : readLinked(holder, cid);
    return block.isEmpty() && foreign.contains(holder) ? fromNetwork(holder, cid) : block;
  }

  private Optional<byte[]> fromNetwork(PeerId holder, Cid cid) {
    Optional<byte[]> block = ipfs.get(cid, patience);
    if (block.isEmpty() && !isGone(holder) && !peers.answers(holder)) {
      markGone(holder);
    }
    return block;
  }

  private Optional<byte[]> readLinked(PeerId holder, Cid cid) throws InterruptedException {
    Optional<HolderLink> link = link(holder);
    if (link.isPresent() && link.get().dead()) {
      forget(holder, link.get()); // it broke while nobody used it
      link = link(holder);
    }
    if (link.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> block = link.get().read(cid, patience);
    if (block.isEmpty()) {
      judge(holder, link.get());
    }
    return block;
  }

  /** Opens without the lock: one holder that hangs must not keep the others waiting. */
  private Optional<HolderLink> link(PeerId holder) {
    CompletableFuture<HolderLink> opening = new CompletableFuture<>();
    CompletableFuture<HolderLink> known;
    lock.lock();
    try {
      if (isGone(holder)) {
        return Optional.empty();
      }
      known = links.putIfAbsent(holder, opening);
    } finally {
      lock.unlock();
    }
    try {
      return Optional.of(known == null ? open(holder, opening) : known.join());
    } catch (RpcException | CompletionException e) {
      return Optional.empty();
    }
  }

  private HolderLink open(PeerId holder, CompletableFuture<HolderLink> opening) {
    try {
      HolderLink link = HolderLink.open(rpc, holder, patience.plus(OPENING));
      opening.complete(link);
      return link;
    } catch (RpcException e) {
      if (e.kind() == RpcException.Kind.SERVER) {
        foreign.add(holder);
      } else {
        markGone(holder);
      }
      opening.completeExceptionally(e);
      throw e;
    }
  }

  /** It is not asked any more, for a while. */
  void markGone(PeerId holder) {
    markGone(holder, GONE_AT_FIRST);
  }

  private void markGone(PeerId holder, Duration askedAfter) {
    lock.lock();
    try {
      gone.put(holder, absenceOf(askedAfter));
      Optional.ofNullable(links.remove(holder)).ifPresent(HolderLinks::close);
    } finally {
      lock.unlock();
    }
  }

  /** A link that broke is opened again if the holder is there; one that is only slow is kept. */
  private void judge(PeerId holder, HolderLink link) {
    if (link.foreign()) {
      foreign.add(holder);
      return;
    }
    if (link.dead() && forget(holder, link) >= MAX_BROKEN_LINKS) {
      markGone(holder, goneFor); // that it answers does not help
    } else if (!peers.answers(holder)) {
      markGone(holder);
    }
  }

  /** How many links to the holder have broken. */
  private int forget(PeerId holder, HolderLink link) {
    lock.lock();
    try {
      CompletableFuture<HolderLink> known = links.get(holder);
      if (known != null && known.getNow(null) == link) {
        links.remove(holder);
        brokenLinks.merge(holder, 1, Integer::sum);
        link.close();
      }
      return brokenLinks.getOrDefault(holder, 0);
    } finally {
      lock.unlock();
    }
  }

  private static void close(CompletableFuture<HolderLink> opening) {
    var _ = opening.thenAccept(HolderLink::close);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      links.values().forEach(HolderLinks::close);
      links.clear();
    } finally {
      lock.unlock();
    }
  }
}
