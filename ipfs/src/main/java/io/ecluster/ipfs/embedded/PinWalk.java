package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockLinks;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that all blocks of one pin are stored, fetching those that are missing or corrupt.
 *
 * <p>Depth first: what is here is walked at once, what is not is gathered and asked for many at a
 * time; arrivals are stored by the exchange's threads and their links walked after. Every block is
 * put under the pin's shield before it is looked for, so that no collection takes it. A block that
 * was put under an add still open had its hash checked then; all others are read and checked.
 *
 * <p>Owned by the thread that pins; {@code arrived} alone is called by others. Interrupting the
 * owner ends the walk.
 */
final class PinWalk {
  /** Asked for at once: 128 MB of usual blocks, stored as they come; a round's tail is short. */
  private static final int MAX_WANTED = 512;

  /** Links waiting to be walked: some 600 MB. A hostile DAG of wide nodes is refused there. */
  private static final int MAX_PENDING = 4_000_000;

  private final FileBlockStore store;
  private final Shields shields;
  private final Shields.Shield shield;
  private final FingerprintSet walked = new FingerprintSet();
  private final FingerprintSet leaves = new FingerprintSet();
  private final BlockingDeque<Cid> pending = new LinkedBlockingDeque<>(MAX_PENDING);
  private final Set<Cid> missing = new LinkedHashSet<>();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final PinMode mode;

  PinWalk(FileBlockStore store, Shields shields, Shields.Shield shield, PinMode mode) {
    this.store = store;
    this.shields = shields;
    this.shield = shield;
    this.mode = mode;
  }

  /** Where missing blocks come from. */
  interface Source {
    /** As {@link BlockExchange#fetch(Collection, Duration, BiConsumer)}. */
    Collection<Cid> fetch(Collection<Cid> cids, BiConsumer<Cid, byte[]> each);
  }

  /** Returns when everything is stored. */
  void run(Cid root, Source source) {
    pending.addFirst(root);
    while (!pending.isEmpty() || !missing.isEmpty()) {
      requireNotInterrupted(root);
      if (pending.isEmpty() || missing.size() >= MAX_WANTED) {
        fetchMissing(root, source);
      } else {
        visit(pending.removeFirst());
      }
    }
  }

  private static void requireNotInterrupted(Cid root) {
    if (Thread.currentThread().isInterrupted()) {
      throw new IpfsException("pin of " + root + " was interrupted");
    }
  }

  private void visit(Cid cid) {
    if (cid.hash().isIdentity()) {
      follow(cid, cid.hash().digest());
    } else if (hasNoLinksToFollow(cid)) {
      visitLeaf(cid);
    } else if (walked.add(cid)) {
      visitNode(cid);
    }
  }

  private boolean hasNoLinksToFollow(Cid cid) {
    return mode == PinMode.DIRECT || BlockLinks.isLeaf(cid);
  }

  private void visitLeaf(Cid cid) {
    if (!leaves.add(cid.hash())) {
      return;
    }
    boolean here = store.hold(cid.hash(), shield);
    if (!here || !(shields.recentlyPut(cid.hash()) || store.get(cid.hash()).isPresent())) {
      missing.add(cid);
    }
  }

  private void visitNode(Cid cid) {
    store.hold(cid.hash(), shield);
    store.get(cid.hash()).ifPresentOrElse(data -> follow(cid, data), () -> missing.add(cid));
  }

  private void follow(Cid cid, byte[] data) {
    if (hasNoLinksToFollow(cid)) {
      return;
    }
    for (Cid link : links(cid, data).reversed()) {
      if (!pending.offerFirst(link)) {
        throw new IpfsException("refused to pin: more than " + MAX_PENDING + " links at once");
      }
    }
  }

  private static List<Cid> links(Cid cid, byte[] data) {
    try {
      return BlockLinks.of(cid, data);
    } catch (FormatException e) {
      throw new IpfsException("cannot pin all below " + cid + ": " + e.getMessage(), e);
    }
  }

  private void fetchMissing(Cid root, Source source) {
    List<Cid> wanted = List.copyOf(missing);
    missing.clear();
    Collection<Cid> absent = source.fetch(wanted, this::arrived);
    requireNotInterrupted(root);
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
    if (!absent.isEmpty()) {
      Cid example = absent.iterator().next();
      throw new IpfsException(
          "pin of %s: %d of its blocks did not come, the first is %s; is a peer connected that has it?"
              .formatted(root, absent.size(), example));
    }
  }

  private void arrived(Cid cid, byte[] data) {
    if (failure.get() != null) {
      return;
    }
    try {
      store.put(List.of(new Block(cid, data)));
      follow(cid, data);
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }
}
