package io.ecluster.recovery;

import io.ecluster.multiformats.Multihash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Blocks that were rebuilt, the latest used ones, for all who read. While one is being rebuilt,
 * others who want it wait for it.
 */
final class BlockCache {
  /** What an entry takes beside its bytes, about: so that many empty blocks are bounded, too. */
  private static final int ENTRY_BYTES = 256;

  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Multihash, byte[]> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private final SingleFlight<Multihash, byte[]> rebuilding = new SingleFlight<>();
  private long bytes;

  BlockCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  Optional<byte[]> find(Multihash hash) {
    lock.lock();
    try {
      return Optional.ofNullable(blocks.get(hash));
    } finally {
      lock.unlock();
    }
  }

  /** The block, from here or as {@code rebuild} gives it, and throws what that throws. */
  byte[] get(Multihash hash, Callable<byte[]> rebuild) {
    Optional<byte[]> known = find(hash);
    return known.isPresent()
        ? known.get()
        : SingleFlight.await(rebuilding.start(hash, () -> put(hash, rebuild)));
  }

  /** Looks again: it may have been put between the first look and this one. */
  private byte[] put(Multihash hash, Callable<byte[]> rebuild) throws Exception {
    Optional<byte[]> known = find(hash);
    if (known.isPresent()) {
      return known.get();
    }
    byte[] block = rebuild.call();
    put(hash, block);
    return block;
  }

  private void put(Multihash hash, byte[] block) {
    lock.lock();
    try {
      byte[] before = blocks.put(hash, block);
      bytes += cost(block) - (before == null ? 0 : cost(before));
      Iterator<byte[]> oldest = blocks.values().iterator();
      while (bytes > maxBytes && oldest.hasNext()) {
        bytes -= cost(oldest.next());
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private static long cost(byte[] block) {
    return (long) block.length + ENTRY_BYTES;
  }

  /** Bytes of all that is kept, what it takes beside its content included. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
