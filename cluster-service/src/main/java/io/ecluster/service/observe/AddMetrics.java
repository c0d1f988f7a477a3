package io.ecluster.service.observe;

import io.ecluster.adder.AddRequest;
import io.ecluster.adder.Adder;
import java.util.concurrent.TimeUnit;

/** Counts adds. */
final class AddMetrics {
  private final Counter adds;
  private final Histogram seconds;

  AddMetrics(Registry registry) {
    adds = registry.counter("adds_total", "Adds that have ended", "kind", "result");
    seconds =
        registry.histogram(
            "add_duration_seconds",
            "How long adds took, from the first byte to the pin",
            Buckets.SECONDS,
            "kind");
  }

  /** An adder of which is counted what it does. */
  Adder around(Adder adder) {
    return (request, entries, events) -> {
      String kind = kind(request);
      long start = System.nanoTime();
      String result = "error";
      try {
        var root = adder.add(request, entries, events);
        result = "ok";
        return root;
      } finally {
        adds.increment(kind, result);
        seconds.observe((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1), kind);
      }
    };
  }

  static String kind(AddRequest request) {
    return request.coding().isPresent() ? "coded" : "copies";
  }
}
