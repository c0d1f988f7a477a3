package io.ecluster.recovery;

import io.ecluster.core.cluster.WaitInterruptedException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Work that several ask for at a time and that is done once. It runs on a virtual thread of its
 * own, so that one who is interrupted does not end it for the others.
 */
final class SingleFlight<K, V> {
  private final Map<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();

  /** Begins, unless that was done already and is not finished. */
  CompletableFuture<V> start(K key, Callable<V> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> known = underWay.putIfAbsent(key, mine);
    if (known != null) {
      return known;
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            run(work, mine);
          } finally {
            underWay.remove(key, mine);
          }
        });
    return mine;
  }

  static <T> void run(Callable<T> work, CompletableFuture<T> result) {
    try {
      result.complete(work.call());
    } catch (Exception e) {
      result.completeExceptionally(e);
    } finally {
      if (!result.isDone()) {
        result.completeExceptionally(new IllegalStateException("the work broke off"));
      }
    }
  }

  /** Waits for a result and throws what the work threw. */
  static <T> T await(CompletableFuture<T> result) {
    try {
      return result.get();
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
