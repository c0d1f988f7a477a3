package io.ecluster.core.cluster;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Does the same with many at once, each on a virtual thread. */
public final class AtOnce {
  private AtOnce() {}

  /** The results in order; the first failure is thrown when all have ended. */
  public static <T, R> List<R> map(List<T> items, Function<T, R> work) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<R>> results =
          items.stream().map(item -> threads.submit(() -> work.apply(item))).toList();
      return results.stream().map(AtOnce::result).toList();
    }
  }

  private static <R> R result(Future<R> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
  }
}
