package io.ecluster.recovery;

import io.ecluster.erasure.BlockPlace;
import io.ecluster.erasure.GroupIndex;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.multiformats.Multihash;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Finds blocks in the groups of one coding. The nodes of a few groups are kept whole; of all others
 * that were seen only fingerprints are, eight bytes a block, so that a lookup loads no group in
 * vain.
 */
final class GroupCatalog {
  /** A sequential read needs one or two, and one for the nodes above the leaves. */
  private static final int KEPT_GROUPS = 6;

  private final Manifest manifest;
  private final ManifestReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Integer, Indexed> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final long[][] fingerprints;
  private int last;

  /** Where a block is. */
  record Located(GroupNode group, BlockPlace place) {}

  private record Indexed(GroupNode group, GroupIndex index) {}

  GroupCatalog(Manifest manifest, ManifestReader reader) {
    this.manifest = manifest;
    this.reader = reader;
    this.fingerprints = new long[manifest.groups().size()][];
    this.last = Math.max(0, manifest.groups().size() - 1); // the root is emitted last
  }

  GroupNode group(int number) {
    lock.lock();
    try {
      return indexed(number).group();
    } finally {
      lock.unlock();
    }
  }

  /** Where a block of the DAG is, if it is in any group. */
  Optional<Located> find(Multihash hash) {
    lock.lock();
    try {
      return searchOrder()
          .filter(group -> mayHold(group, hash))
          .mapToObj(group -> locate(group, hash))
          .flatMap(Optional::stream)
          .findFirst();
    } finally {
      lock.unlock();
    }
  }

  /** The group of the last hit, those behind it, then those before it. */
  private IntStream searchOrder() {
    int groups = fingerprints.length;
    int first = last;
    return IntStream.range(0, groups).map(step -> (first + step) % groups);
  }

  private boolean mayHold(int group, Multihash hash) {
    long[] prints = fingerprints[group];
    return prints == null || Arrays.binarySearch(prints, fingerprint(hash)) >= 0;
  }

  private Optional<Located> locate(int number, Multihash hash) {
    Indexed indexed = indexed(number);
    Optional<BlockPlace> place = indexed.index().find(hash);
    place.ifPresent(_ -> last = number);
    return place.map(found -> new Located(indexed.group(), found));
  }

  private Indexed indexed(int number) {
    Indexed known = kept.get(number);
    if (known != null) {
      return known;
    }
    GroupNode group = reader.group(manifest, number);
    Indexed indexed = new Indexed(group, new GroupIndex(group));
    fingerprints[number] = fingerprintsOf(group);
    kept.put(number, indexed);
    if (kept.size() > KEPT_GROUPS) {
      kept.remove(kept.keySet().iterator().next());
    }
    return indexed;
  }

  private static long[] fingerprintsOf(GroupNode group) {
    return group.stripes().stream()
        .flatMap(stripe -> stripe.cells().stream())
        .flatMap(cell -> cell.stream())
        .mapToLong(block -> fingerprint(block.hash()))
        .sorted()
        .toArray();
  }

  private static long fingerprint(Multihash hash) {
    byte[] digest = hash.digest();
    return digest.length < Long.BYTES ? 0 : ByteBuffer.wrap(digest).getLong();
  }
}
