package io.ecluster.service.observe;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Serves the metrics under {@code /metrics}, and nothing else. */
final class MetricsServer implements HttpService {
  private static final int MAX_HEADER_BYTES = 4096;
  private static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);

  private final Registry registry;

  private MetricsServer(Registry registry) {
    this.registry = registry;
  }

  static HttpServer start(Multiaddr address, Registry registry) {
    return HttpServer.start(
        new HttpServer.Listening(
            "observations.metrics.prometheus_endpoint",
            List.of(address),
            MAX_HEADER_BYTES,
            HEADER_TIMEOUT,
            IDLE_TIMEOUT),
        new MetricsServer(registry));
  }

  @Override
  public void handle(Exchange x) {
    if (!x.rawPath().equals("/metrics")) {
      throw new ApiException(404, "metrics are at /metrics");
    }
    if (!x.method().equals("GET") && !x.method().equals("HEAD")) {
      throw new ApiException(405, "metrics are read with GET");
    }
    byte[] text = registry.text().getBytes(StandardCharsets.UTF_8);
    x.answer(200, Exposition.CONTENT_TYPE, text);
  }

  @Override
  public void refuse(Exchange x, Exception error) {
    byte[] text = (Errors.message(error) + "\n").getBytes(StandardCharsets.UTF_8);
    x.answer(Errors.status(error), "text/plain; charset=utf-8", text);
  }
}
