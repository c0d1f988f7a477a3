package io.ecluster.recovery;

import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The codings that were read from last, with their manifests. What is pushed out by others stays
 * alive for those who read from it.
 */
final class OpenCodings {
  private static final int MAX_CODINGS = 64;

  /** Of all open codings; a group with six shards takes about a kilobyte. */
  private static final int MAX_GROUPS = 20_000;

  private final ManifestReader reader;
  private final GroupCache groups;
  private final BlockIndex index;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Cid, Coding> codings = new LinkedHashMap<>(16, 0.75f, true);
  private final SingleFlight<Cid, Coding> opening = new SingleFlight<>();

  /** A coding that blocks can be looked up in. */
  record Coding(Manifest manifest, GroupCatalog catalog) {}

  OpenCodings(ManifestReader reader, BlockIndex index) {
    this.reader = reader;
    this.groups = new GroupCache(reader);
    this.index = index;
  }

  /**
   * The coding of a manifest.
   *
   * @throws io.ecluster.ipld.BlockNotFoundException if no live peer has the manifest
   * @throws io.ecluster.multiformats.FormatException if it is none
   */
  Coding open(Cid manifestRoot) {
    return SingleFlight.await(start(manifestRoot));
  }

  /** Begins to open a coding, unless it is. */
  CompletableFuture<Coding> start(Cid manifestRoot) {
    return known(manifestRoot)
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> opening.start(manifestRoot, () -> load(manifestRoot)));
  }

  private Optional<Coding> known(Cid manifestRoot) {
    lock.lock();
    try {
      return Optional.ofNullable(codings.get(manifestRoot));
    } finally {
      lock.unlock();
    }
  }

  private Coding load(Cid manifestRoot) {
    Manifest manifest = reader.read(manifestRoot);
    Coding coding =
        new Coding(manifest, new GroupCatalog(manifest, groups, new IndexHints(manifestRoot)));
    lock.lock();
    try {
      codings.put(manifestRoot, coding);
      evict();
    } finally {
      lock.unlock();
    }
    return coding;
  }

  private void evict() {
    int total = codings.values().stream().mapToInt(OpenCodings::groups).sum();
    Iterator<Coding> oldest = codings.values().iterator();
    while (codings.size() > 1 && (codings.size() > MAX_CODINGS || total > MAX_GROUPS)) {
      total -= groups(oldest.next());
      oldest.remove();
    }
  }

  private static int groups(Coding coding) {
    return coding.manifest().groups().size();
  }

  /** What the index says of one coding. */
  private final class IndexHints implements GroupCatalog.Hints {
    private final Cid manifestRoot;

    IndexHints(Cid manifestRoot) {
      this.manifestRoot = manifestRoot;
    }

    @Override
    public Optional<Integer> group(Multihash hash) {
      return index.find(hash).stream()
          .filter(place -> place.manifest().equals(manifestRoot))
          .map(BlockIndex.Place::group)
          .findFirst();
    }

    @Override
    public boolean complete() {
      return index.complete(manifestRoot);
    }
  }
}
