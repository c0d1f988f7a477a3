package io.ecluster.recovery;

import io.ecluster.erasure.BlockPlace;
import io.ecluster.erasure.GroupIndex;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The group nodes that were used last, of all codings, for all who read. */
final class GroupCache {
  /** About 20 MiB as objects; a group of 400 MiB in blocks of 256 KiB has 2400. */
  private static final int MAX_BLOCKS = 60_000;

  private final ManifestReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Cid, Entry> groups = new LinkedHashMap<>(16, 0.75f, true);
  private final SingleFlight<Cid, Entry> loading = new SingleFlight<>();
  private int blocks;

  /** Where a block is. */
  record Located(GroupNode group, BlockPlace place) {}

  /** A group, and where its blocks are. */
  record Entry(GroupNode group, GroupIndex index) {
    Optional<Located> find(Multihash hash) {
      return index.find(hash).map(place -> new Located(group, place));
    }

    private int blocks() {
      return group.stripes().stream()
          .mapToInt(stripe -> stripe.cells().stream().mapToInt(cell -> cell.size()).sum())
          .sum();
    }
  }

  GroupCache(ManifestReader reader) {
    this.reader = reader;
  }

  /** A group that is kept. */
  Optional<Entry> peek(Manifest manifest, int number) {
    lock.lock();
    try {
      return Optional.ofNullable(groups.get(manifest.groups().get(number).node()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * A group, read if it is not kept.
   *
   * @throws io.ecluster.ipld.BlockNotFoundException if its node cannot be had
   * @throws io.ecluster.multiformats.FormatException if it is not the node the manifest speaks of
   */
  Entry get(Manifest manifest, int number) {
    Cid node = manifest.groups().get(number).node();
    return peek(manifest, number)
        .orElseGet(
            () -> SingleFlight.await(loading.start(node, () -> load(manifest, number, node))));
  }

  private Entry load(Manifest manifest, int number, Cid node) {
    GroupNode group = reader.group(manifest, number);
    Entry entry = new Entry(group, new GroupIndex(group));
    lock.lock();
    try {
      Entry before = groups.put(node, entry);
      blocks += entry.blocks() - (before == null ? 0 : before.blocks());
      evict();
    } finally {
      lock.unlock();
    }
    return entry;
  }

  private void evict() {
    Iterator<Entry> oldest = groups.values().iterator();
    while (blocks > MAX_BLOCKS && groups.size() > 1 && oldest.hasNext()) {
      blocks -= oldest.next().blocks();
      oldest.remove();
    }
  }
}
