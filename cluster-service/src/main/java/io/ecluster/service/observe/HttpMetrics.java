package io.ecluster.service.observe;

import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpWatch;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts requests: with the Go program's names over all servers, and with ours by server and route.
 */
final class HttpMetrics {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
  private static final String GO = "opencensus_io_http_server_";

  private final Counter started;
  private final Counter startedByMethod;
  private final Counter endedByStatus;
  private final Histogram latency;
  private final Histogram requestBytes;
  private final Histogram answerBytes;
  private final Counter requests;
  private final Histogram seconds;
  private final AtomicLong underWay = new AtomicLong();

  HttpMetrics(Registry registry) {
    started = registry.counter(GO + "request_count", "Count of HTTP requests started");
    startedByMethod =
        registry.counter(
            GO + "request_count_by_method", "Server request count by HTTP method", "http_method");
    endedByStatus =
        registry.counter(
            GO + "response_count_by_status_code",
            "Server response count by status code",
            "http_status");
    latency =
        registry.histogram(
            GO + "latency",
            "Latency distribution of HTTP requests, in milliseconds",
            Buckets.HTTP_MILLISECONDS);
    requestBytes =
        registry.histogram(
            GO + "request_bytes", "Size distribution of HTTP request body", Buckets.BYTES);
    answerBytes =
        registry.histogram(
            GO + "response_bytes", "Size distribution of HTTP response body", Buckets.BYTES);
    requests =
        registry.counter(
            "http_requests_total", "HTTP requests answered", "server", "route", "method", "status");
    seconds =
        registry.histogram(
            "http_request_duration_seconds",
            "How long answers took, to their last byte",
            Buckets.SECONDS,
            "server",
            "route");
    registry.gauge(
        "http_requests_in_progress", "HTTP requests being answered", () -> (double) underWay.get());
  }

  /**
   * Counts the requests of one server.
   *
   * @param server its name in labels
   */
  HttpWatch of(String server) {
    return x -> {
      long start = System.nanoTime();
      begun(x);
      return broken -> {
        underWay.decrementAndGet();
        ended(server, x, broken.isPresent(), System.nanoTime() - start);
      };
    };
  }

  private void begun(Exchange x) {
    underWay.incrementAndGet();
    started.increment();
    startedByMethod.increment(method(x));
  }

  /** Anybody may make up a method. */
  private static String method(Exchange x) {
    return METHODS.contains(x.method()) ? x.method() : Series.OTHER;
  }

  private void ended(String server, Exchange x, boolean broken, long nanos) {
    String status = broken ? "error" : String.valueOf(x.status());
    endedByStatus.increment(String.valueOf(x.status()));
    latency.observe(nanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
    requestBytes.observe((double) x.bytesRead());
    answerBytes.observe((double) x.bytesWritten());
    requests.increment(server, x.route(), method(x), status);
    seconds.observe(nanos / (double) TimeUnit.SECONDS.toNanos(1), server, x.route());
  }
}
