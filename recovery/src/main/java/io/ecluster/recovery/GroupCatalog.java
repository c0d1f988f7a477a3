package io.ecluster.recovery;

import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.Manifest;
import io.ecluster.multiformats.Multihash;
import io.ecluster.recovery.GroupCache.Located;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * Finds blocks in the groups of one coding: in the group of the last hit, else where the index of
 * coded blocks says, else, if the index does not know the whole coding, by looking into the groups.
 * Of those that were looked into in vain fingerprints are kept, eight bytes a block, so that none
 * is loaded for nothing twice. Safe for use by many threads.
 */
final class GroupCatalog {
  private final Manifest manifest;
  private final GroupCache cache;
  private final Hints hints;
  private final AtomicReferenceArray<long[]> fingerprints;
  private volatile int last;

  /** What an index says of the blocks of this coding. */
  interface Hints {
    Optional<Integer> group(Multihash hash);

    /** Whether what it does not know is not there. */
    boolean complete();

    /** Knows nothing. */
    Hints NONE =
        new Hints() {
          @Override
          public Optional<Integer> group(Multihash hash) {
            return Optional.empty();
          }

          @Override
          public boolean complete() {
            return false;
          }
        };
  }

  GroupCatalog(Manifest manifest, GroupCache cache, Hints hints) {
    this.manifest = manifest;
    this.cache = cache;
    this.hints = hints;
    this.fingerprints = new AtomicReferenceArray<>(manifest.groups().size());
    this.last = Math.max(0, manifest.groups().size() - 1); // the root is emitted last
  }

  /** Where a block of the DAG is, if it is in any group. */
  Optional<Located> find(Multihash hash) {
    if (manifest.groups().isEmpty()) {
      return Optional.empty();
    }
    return cache
        .peek(manifest, last)
        .flatMap(group -> group.find(hash))
        .or(() -> hinted(hash))
        .or(() -> hints.complete() ? Optional.empty() : search(hash));
  }

  private Optional<Located> hinted(Multihash hash) {
    return hints
        .group(hash)
        .filter(group -> group < fingerprints.length())
        .flatMap(group -> locate(group, hash));
  }

  private Optional<Located> search(Multihash hash) {
    return searchOrder()
        .filter(group -> mayHold(group, hash))
        .mapToObj(group -> locateOrRemember(group, hash))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The group of the last hit, those behind it, then those before it. */
  private IntStream searchOrder() {
    int groups = fingerprints.length();
    int first = last;
    return IntStream.range(0, groups).map(step -> (first + step) % groups);
  }

  private boolean mayHold(int group, Multihash hash) {
    long[] prints = fingerprints.get(group);
    return prints == null || Arrays.binarySearch(prints, fingerprint(hash)) >= 0;
  }

  private Optional<Located> locateOrRemember(int group, Multihash hash) {
    if (fingerprints.get(group) == null) {
      fingerprints.set(group, fingerprintsOf(cache.get(manifest, group).group()));
    }
    return mayHold(group, hash) ? locate(group, hash) : Optional.empty();
  }

  private Optional<Located> locate(int group, Multihash hash) {
    Optional<Located> found = cache.get(manifest, group).find(hash);
    found.ifPresent(_ -> last = group);
    return found;
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
