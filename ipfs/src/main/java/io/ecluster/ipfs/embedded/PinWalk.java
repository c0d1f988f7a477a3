package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockLinks;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FingerprintSet;
import io.ecluster.multiformats.FormatException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Makes sure that all blocks of one pin are stored, fetching those that are missing or corrupt.
 *
 * <p>Depth first: what is here is walked at once; what is not is gathered and asked for many at a
 * time, and the links of what arrived are walked after. Every block is put under the pin's shield
 * before it is looked for, so that no collection takes it. A block that was put under an add still
 * open had its hash checked then; all others are read and checked, so pinning again what is pinned
 * mends what was lost.
 *
 * <p>Owned by the thread that pins. Interrupting it ends the walk.
 */
final class PinWalk {
  /** Gathered for one call: the exchange asks for fewer at a time; a call's slow end is rare. */
  private static final int MAX_WANTED = 4096;

  /** Of these nodes, because the links of all that arrive wait at once: 512 KiB of links each. */
  private static final int MAX_WANTED_NODES = 64;

  /** Links waiting to be walked: some 120 MB. A hostile DAG of wide nodes is refused there. */
  private static final int MAX_PENDING = 1_000_000;

  private final FileBlockStore store;
  private final Shields shields;
  private final Shields.Shield shield;
  private final FingerprintSet walked = new FingerprintSet();
  private final FingerprintSet leaves = new FingerprintSet();
  private final Deque<Cid> pending = new ArrayDeque<>();
  private final Set<Cid> missing = new LinkedHashSet<>();
  private final PinMode mode;
  private int missingNodes;

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
      if (pending.isEmpty() || enoughIsMissing()) {
        fetchMissing(root, source);
      } else {
        visit(pending.removeFirst());
      }
    }
  }

  private boolean enoughIsMissing() {
    return missing.size() >= MAX_WANTED || missingNodes >= MAX_WANTED_NODES;
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
    store.get(cid.hash()).ifPresentOrElse(data -> follow(cid, data), () -> missNode(cid));
  }

  private void missNode(Cid cid) {
    missing.add(cid);
    missingNodes++;
  }

  private void follow(Cid cid, byte[] data) {
    if (hasNoLinksToFollow(cid)) {
      return;
    }
    List<Cid> links = links(cid, data);
    if (pending.size() + links.size() > MAX_PENDING) {
      throw new IpfsException("refused to pin: more than " + MAX_PENDING + " links at once");
    }
    links.reversed().forEach(pending::addFirst);
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
    missingNodes = 0;
    Collection<Cid> absent = source.fetch(wanted, this::arrived);
    requireNotInterrupted(root);
    if (!absent.isEmpty()) {
      Cid example = absent.iterator().next();
      throw new IpfsException(
          "pin of %s: %d of its blocks did not come, the first is %s; is a peer connected that has it?"
              .formatted(root, absent.size(), example));
    }
  }

  private void arrived(Cid cid, byte[] data) {
    store.put(List.of(new Block(cid, data)));
    follow(cid, data);
  }
}
