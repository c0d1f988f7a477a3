package io.ecluster.recovery;

import io.ecluster.multiformats.Multihash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Blocks that are under way or may be needed again. Each is fetched once, by a virtual thread;
 * finished ones stay until newer ones need their place, since rebuilding a lost block needs its
 * neighbours of the same stripe.
 */
final class BlockWindow {
  /** Some stripes of 4+2 with cells of 1 MiB, read ahead included. */
  private static final int BLOCKS_OF_A_READ = 192;

  /** What many who ask for single blocks share: neighbours are asked for at about one time. */
  private static final int SHARED_BLOCKS = 128;

  private static final long SHARED_BYTES = 16L << 20;

  private final int maxBlocks;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Multihash, CompletableFuture<byte[]>> blocks = new LinkedHashMap<>();

  /** Of the finished blocks. */
  private long bytes;

  private BlockWindow(int maxBlocks, long maxBytes) {
    this.maxBlocks = maxBlocks;
    this.maxBytes = maxBytes;
  }

  /** A window for one read, which bounds by itself how far it reads ahead. */
  static BlockWindow ofRead() {
    return new BlockWindow(BLOCKS_OF_A_READ, Long.MAX_VALUE);
  }

  /** A window for all that is not part of a read. */
  static BlockWindow shared() {
    return new BlockWindow(SHARED_BLOCKS, SHARED_BYTES);
  }

  /** Starts fetching a block unless that was done already. */
  CompletableFuture<byte[]> start(Multihash hash, Callable<byte[]> fetch) {
    CompletableFuture<byte[]> started = new CompletableFuture<>();
    lock.lock();
    try {
      CompletableFuture<byte[]> known = blocks.get(hash);
      if (known != null && !known.isCompletedExceptionally()) {
        return known;
      }
      blocks.put(hash, started);
      evict();
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().start(() -> SingleFlight.run(() -> finish(fetch.call(), started), started));
    return started;
  }

  private byte[] finish(byte[] block, CompletableFuture<byte[]> started) {
    lock.lock();
    try {
      bytes += block.length;
      started.complete(block);
      evict();
      return block;
    } finally {
      lock.unlock();
    }
  }

  private void evict() {
    Iterator<CompletableFuture<byte[]>> oldest = blocks.values().iterator();
    while ((blocks.size() > maxBlocks || bytes > maxBytes) && oldest.hasNext()) {
      CompletableFuture<byte[]> block = oldest.next();
      if (block.isDone()) {
        oldest.remove();
        bytes -= block.isCompletedExceptionally() ? 0 : block.join().length;
      }
    }
  }
}
