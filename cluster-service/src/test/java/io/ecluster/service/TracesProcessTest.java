package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.observe.OtlpReceiver;
import io.ecluster.service.observe.OtlpReceiver.Received;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon in a process of its own, and what it tells a collector of traces. */
class TracesProcessTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  @TempDir Path folder;

  private PeerProcess peer(PeerProcesses ports, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("CLUSTER_PEERNAME", "traced");
    environment.put("CLUSTER_GATEWAY_LISTENMULTIADDRESS", "");
    environment.put("CLUSTER_IPFSPROXY_LISTENMULTIADDRESS", "");
    for (String socket : List.of("", "EMBEDDED_", "RESTAPI_HTTP")) {
      environment.put(
          "CLUSTER_" + socket + "LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + ports.freePort());
    }
    PeerProcess peer = new PeerProcess(folder, "traced", environment);
    peer.initHere();
    return peer;
  }

  @Test
  void requestsAndWhatTheyLeadToAreOneTrace() throws Exception {
    try (OtlpReceiver collector = new OtlpReceiver();
        PeerProcesses ports = new PeerProcesses(folder);
        PeerProcess peer =
            peer(
                ports,
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    collector.address(),
                    "CLUSTER_TRACING_SAMPLINGPROB",
                    "1"))) {
      peer.start("--tracing");
      PeerProcesses.await("its API answers", () -> peer.api().call("GET", "/id") != null);
      get(peer, "/id", "00-" + TRACE + "-" + PARENT + "-01");
      Received request = await(collector, span -> span.traceId().equals(TRACE));
      assertThat(request.name()).isEqualTo("GET /id");
      assertThat(request.parentId()).isEqualTo(PARENT);
      assertThat(request.attributes())
          .containsEntry("http.route", "/id")
          .containsEntry("http.response.status_code", "200")
          .containsEntry("server", "restapi");
      assertThat(request.resource())
          .containsEntry("service.name", "cluster-daemon-traced")
          .containsEntry("cluster_id", peer.id());
      addIsBelowItsRequest(collector, peer);
    }
  }

  private static void addIsBelowItsRequest(OtlpReceiver collector, PeerProcess peer) {
    PeerProcesses.add(peer, "", new byte[10_000]);
    Received add = await(collector, span -> span.name().equals("add"));
    Received request = await(collector, span -> span.spanId().equals(add.parentId()));
    assertThat(request.name()).isEqualTo("POST /add");
    assertThat(add.attributes()).containsEntry("kind", "copies").containsKey("cid");
    Received call = await(collector, span -> span.attributes().containsKey("rpc.method"));
    assertThat(call.attributes()).containsEntry("rpc.system", "gorpc");
    assertThat(call.name()).contains(".");
  }

  private static Received await(OtlpReceiver collector, Predicate<Received> wanted) {
    try {
      PeerProcesses.await(
          "a span that is wanted comes", () -> collector.spans().stream().anyMatch(wanted));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; there are " + collector.spans(), e);
    }
    return collector.spans().stream().filter(wanted).findFirst().orElseThrow();
  }

  private static void get(PeerProcess peer, String path, String parent) throws Exception {
    String port = peer.apiAddress().replaceAll(".*/", "");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("traceparent", parent)
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void nothingOfItIsLoadedWhileItIsOff() throws Exception {
    Path loaded = folder.resolve("loaded");
    try (PeerProcesses ports = new PeerProcesses(folder);
        PeerProcess peer =
            peer(
                ports,
                Map.of(
                    "JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded,
                    "CLUSTER_METRICS_PROMETHEUSENDPOINT",
                        "/ip4/127.0.0.1/tcp/" + ports.freePort()))) {
      peer.start("--stats");
      PeerProcesses.await("its API answers", () -> peer.api().call("GET", "/id") != null);
      PeerProcesses.add(peer, "", new byte[10_000]);
      assertThat(Files.readString(loaded))
          .contains("io.ecluster.service.observe.Metrics ")
          .doesNotContain("opentelemetry");
    }
  }
}
