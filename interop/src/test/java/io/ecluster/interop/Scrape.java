package io.ecluster.interop;

import io.ecluster.service.observe.PrometheusText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;

/** A daemon's metrics, as Prometheus reads them. */
record Scrape(int port) {
  private PrometheusText text() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
      HttpRequest request = HttpRequest.newBuilder(uri).build();
      return PrometheusText.parse(
          client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** One without labels; negative if it is not there. */
  double value(String name) {
    return text().find("ipfscluster_" + name).orElse(-1.0);
  }

  /** How often what was refused, by protocol and reason with a space between. */
  Map<String, Double> refused() {
    Map<String, Double> counts = new TreeMap<>();
    text().samples().stream()
        .filter(sample -> sample.name().equals("ipfscluster_refused_total"))
        .forEach(sample ->
            counts.put(
                sample.labels().get("protocol") + " " + sample.labels().get("reason"),
                sample.value()));
    return counts;
  }
}
