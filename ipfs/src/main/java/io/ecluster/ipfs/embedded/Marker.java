package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipld.BlockLinks;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FingerprintSet;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds all blocks that pins keep, reading nodes but not leaves. A leaf that is missing changes
 * nothing. A node that cannot be read hides what lies below it, which then looks like garbage:
 * {@link #requireAllRead} fails for that reason. Owned by the thread that collects.
 */
final class Marker {
  private final FileBlockStore store;
  private final FingerprintSet kept = new FingerprintSet();
  private final FingerprintSet walked = new FingerprintSet();
  private final Deque<Cid> pending = new ArrayDeque<>();
  private @Nullable Cid unreadable;
  private int unreadableNodes;

  Marker(FileBlockStore store) {
    this.store = store;
  }

  void mark(PinnedCid pin) {
    if (pin.mode() == PinMode.DIRECT) {
      kept.add(pin.cid().hash());
      return;
    }
    pending.push(pin.cid());
    while (!pending.isEmpty()) {
      requireNotInterrupted();
      visit(pending.pop());
    }
  }

  private static void requireNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new IpfsException("garbage collection was interrupted");
    }
  }

  private void visit(Cid cid) {
    kept.add(cid.hash());
    if (!BlockLinks.isLeaf(cid) && walked.add(cid)) {
      links(cid).ifPresentOrElse(this::push, () -> noteUnreadable(cid));
    }
  }

  private Optional<List<Cid>> links(Cid cid) {
    try {
      return store.get(cid).map(data -> BlockLinks.of(cid, data));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private void push(List<Cid> links) {
    links.forEach(pending::push);
  }

  private void noteUnreadable(Cid cid) {
    unreadable = unreadable == null ? cid : unreadable;
    unreadableNodes++;
  }

  boolean keeps(Multihash hash) {
    return kept.contains(hash);
  }

  /** Fails if something that pins keep may not have been found. */
  void requireAllRead() {
    if (unreadable != null) {
      throw new IpfsException(
          """
          nothing was collected: %d pinned nodes are lost, the first is %s, and what lies below \
          them cannot be told from garbage; pin their roots again to fetch them, or unpin them\
          """
              .formatted(unreadableNodes, unreadable));
    }
  }
}
