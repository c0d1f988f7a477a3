package io.ecluster.service.daemon;

import java.util.concurrent.CompletableFuture;

/** A part that others need before it is made: set once, and waited for. */
final class Late<T> {
  private final CompletableFuture<T> value = new CompletableFuture<>();

  T set(T made) {
    value.complete(made);
    return made;
  }

  T get() {
    return value.join();
  }
}
