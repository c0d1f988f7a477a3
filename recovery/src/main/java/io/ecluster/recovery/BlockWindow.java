package io.ecluster.recovery;

import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.multiformats.Multihash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The blocks that one read has under way or may need again. Each is fetched once, by a virtual
 * thread; finished ones stay until newer ones need their place, since rebuilding a lost block needs
 * its neighbours of the same stripe.
 */
final class BlockWindow {
  /** Some stripes of 4+2 with cells of 1 MiB, read ahead included. */
  private static final int MAX_BLOCKS = 192;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Multihash, CompletableFuture<byte[]>> blocks = new LinkedHashMap<>();

  /** Starts fetching a block unless that was done already. */
  CompletableFuture<byte[]> start(Multihash hash, Callable<byte[]> fetch) {
    lock.lock();
    try {
      CompletableFuture<byte[]> known = blocks.get(hash);
      if (known != null && !known.isCompletedExceptionally()) {
        return known;
      }
      CompletableFuture<byte[]> started = new CompletableFuture<>();
      blocks.put(hash, started);
      evict();
      Thread.ofVirtual().start(() -> run(fetch, started));
      return started;
    } finally {
      lock.unlock();
    }
  }

  private static void run(Callable<byte[]> fetch, CompletableFuture<byte[]> result) {
    try {
      result.complete(fetch.call());
    } catch (Exception e) {
      result.completeExceptionally(e);
    }
  }

  private void evict() {
    Iterator<CompletableFuture<byte[]>> oldest = blocks.values().iterator();
    int excess = blocks.size() - MAX_BLOCKS;
    while (excess > 0 && oldest.hasNext()) {
      if (oldest.next().isDone()) {
        oldest.remove();
        excess--;
      }
    }
  }

  /** Waits for a block and throws what its fetch threw. */
  static byte[] await(CompletableFuture<byte[]> block) {
    try {
      return block.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }
}
