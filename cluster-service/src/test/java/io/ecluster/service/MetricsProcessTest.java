package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.observe.PrometheusText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons in processes of their own, and their metrics as Prometheus would read them. */
class MetricsProcessTest {
  private static final int PEERS = 4;

  /** Those that the Go program serves under {@code --stats}, with their types. */
  private static final Map<String, String> GOS =
      Map.ofEntries(
          Map.entry("ipfscluster_blocks_added", "counter"),
          Map.entry("ipfscluster_blocks_added_size", "counter"),
          Map.entry("ipfscluster_blocks_put", "counter"),
          Map.entry("ipfscluster_blocks_put_errors", "counter"),
          Map.entry("ipfscluster_informer_disk", "gauge"),
          Map.entry("ipfscluster_pins", "gauge"),
          Map.entry("ipfscluster_pins_ipfs_pins", "gauge"),
          Map.entry("ipfscluster_pins_pin_add", "counter"),
          Map.entry("ipfscluster_pins_pin_add_errors", "counter"),
          Map.entry("ipfscluster_pins_pin_error", "gauge"),
          Map.entry("ipfscluster_pins_pin_queued", "gauge"),
          Map.entry("ipfscluster_pins_pinning", "gauge"),
          Map.entry("ipfscluster_gorpc_libp2p_io_server_completed_rpcs", "counter"),
          Map.entry("ipfscluster_gorpc_libp2p_io_server_server_latency", "histogram"),
          Map.entry("ipfscluster_opencensus_io_http_server_latency", "histogram"),
          Map.entry("ipfscluster_opencensus_io_http_server_request_bytes", "histogram"),
          Map.entry("ipfscluster_opencensus_io_http_server_request_count", "counter"),
          Map.entry("ipfscluster_opencensus_io_http_server_request_count_by_method", "counter"),
          Map.entry("ipfscluster_opencensus_io_http_server_response_bytes", "histogram"),
          Map.entry(
              "ipfscluster_opencensus_io_http_server_response_count_by_status_code", "counter"),
          Map.entry("process_cpu_seconds_total", "counter"),
          Map.entry("process_max_fds", "gauge"),
          Map.entry("process_open_fds", "gauge"),
          Map.entry("process_resident_memory_bytes", "gauge"),
          Map.entry("process_start_time_seconds", "gauge"));

  @TempDir Path folder;
  private int firstPort;
  private String root = "";

  private PrometheusText scrape(int peer) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + (firstPort + peer) + "/metrics");
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      return PrometheusText.parse(answer.body());
    } catch (IOException e) {
      return PrometheusText.parse("\n"); // not yet
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double value(PrometheusText text, String name, String... labels) {
    return text.find("ipfscluster_" + name, labels).orElse(-1.0);
  }

  @Test
  void tellsOfAddsAndRepairs() throws Exception {
    try (PeerProcesses peers =
        new PeerProcesses(folder, Map.of("CLUSTER_METRICS_REPORTINGINTERVAL", "1s"))) {
      Map<Integer, Map<String, String>> ports = new HashMap<>();
      firstPort = consecutive(peers);
      for (int i = 0; i < PEERS; i++) {
        ports.put(
            i,
            Map.of(
                "CLUSTER_METRICS_ENABLESTATS",
                "true",
                "CLUSTER_METRICS_PROMETHEUSENDPOINT",
                "/ip4/127.0.0.1/tcp/" + (firstPort + i)));
      }
      peers.start(PEERS, ports);
      afterAnAdd(peers);
      afterARepair(peers);
      theRestIs404();
    }
  }

  private int consecutive(PeerProcesses peers) {
    int port = peers.freePort();
    while (!free(port)) {
      port = peers.freePort();
    }
    return port;
  }

  private static boolean free(int first) {
    for (int port = first; port < first + PEERS; port++) {
      try (var socket = new java.net.ServerSocket(port)) {
        socket.setReuseAddress(true);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private void afterAnAdd(PeerProcesses peers) {
    byte[] plain = new byte[300_000];
    new Random(1).nextBytes(plain);
    PeerProcesses.add(peers.get(0), "replication-min=-1&replication-max=-1", plain);
    byte[] coded = new byte[3_000_000];
    new Random(2).nextBytes(coded);
    root =
        Coded.root(
            PeerProcesses.add(peers.get(0), "erasure=true&data-shards=2&parity-shards=1", coded));
    PrometheusText now = scrape(0);
    assertThat(now.types()).containsAllEntriesOf(GOS);
    assertThat(value(now, "adds_total", "kind=copies", "result=ok")).isEqualTo(1);
    assertThat(value(now, "adds_total", "kind=coded", "result=ok")).isEqualTo(1);
    assertThat(value(now, "erasure_stripe_duration_seconds_count", "work=add")).isEqualTo(2);
    assertThat(
            value(
                now,
                "http_requests_total",
                "server=restapi",
                "route=/add",
                "method=POST",
                "status=200"))
        .isEqualTo(2);
    assertThat(now.sum("ipfscluster_rpc_calls_total", "side=client", "result=ok")).isPositive();
    assertThat(value(now, "crdt_heads")).isEqualTo(1);
    assertThat(value(now, "crdt_max_height")).isGreaterThanOrEqualTo(2);
    assertThat(value(now, "crdt_dirty")).isZero();
    assertThat(value(now, "crdt_unprocessed_blocks", "state=stuck")).isZero();
    assertThat(value(now, "gossip_messages_total", "result=published")).isPositive();
    assertThat(value(now, "gossip_frames_total", "direction=in")).isPositive();
    assertThat(value(now, "blocks_added_size")).isGreaterThan(300_000);
    assertThat(value(now, "repo_max_bytes")).isPositive();
    assertThat(now.find("jvm_memory_used_bytes", "area=heap").orElse(0.0)).isPositive();
    PeerProcesses.await("the census counts all pins", () -> value(scrape(0), "pins") == 6);
    PrometheusText counted = scrape(0);
    assertThat(value(counted, "pins_by_type", "type=pin")).isEqualTo(1);
    assertThat(value(counted, "pins_by_type", "type=meta-pin")).isEqualTo(1);
    assertThat(value(counted, "pins_by_type", "type=clusterdag-pin")).isEqualTo(1);
    assertThat(value(counted, "pins_by_type", "type=shard-pin")).isEqualTo(3);
    assertThat(value(counted, "pins_by_status", "status=sharded")).isEqualTo(1);
    assertThat(value(counted, "pins_pin_error")).isZero();
    assertThat(value(counted, "erasure_groups", "margin=1")).isEqualTo(1);
    assertThat(value(counted, "peers_live")).isEqualTo(PEERS);
  }

  private void afterARepair(PeerProcesses peers) throws Exception {
    PeerProcess holder =
        Coded.holders(peers.get(0), root).values().stream()
            .map(peers::byId)
            .filter(peer -> peer != peers.get(0))
            .findFirst()
            .orElseThrow();
    holder.kill();
    PeerProcesses.await(
        "a group has lost its margin", () -> value(scrape(0), "erasure_groups", "margin=0") == 1);
    PeerProcesses.recover(peers.get(0), false);
    PrometheusText now = scrape(0);
    assertThat(value(now, "erasure_repairs_total", "result=repaired")).isEqualTo(1);
    assertThat(value(now, "erasure_repaired_bytes_total")).isBetween(1_000_000.0, 2_000_000.0);
    assertThat(value(now, "erasure_stripe_duration_seconds_count", "work=repair")).isEqualTo(2);
    assertThat(value(now, "erasure_repair_duration_seconds_count")).isEqualTo(1);
    PeerProcesses.await(
        "the group has its margin back", () -> value(scrape(0), "erasure_groups", "margin=1") == 1);
  }

  private void theRestIs404() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + firstPort + "/debug/pprof/");
      assertThat(
              client
                  .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void theCommandLineTurnsThemOn() throws Exception {
    try (PeerProcesses peers = new PeerProcesses(folder)) {
      firstPort = peers.freePort();
      PeerProcess peer =
          new PeerProcess(
              folder,
              "alone",
              Map.of(
                  "CLUSTER_METRICS_PROMETHEUSENDPOINT", "/ip4/127.0.0.1/tcp/" + firstPort,
                  "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS",
                      "/ip4/127.0.0.1/tcp/" + peers.freePort(),
                  "CLUSTER_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + peers.freePort(),
                  "CLUSTER_IPFSPROXY_LISTENMULTIADDRESS", "",
                  "CLUSTER_GATEWAY_LISTENMULTIADDRESS", ""));
      try (peer) {
        peer.initHere();
        peer.start("--stats");
        PeerProcesses.await("no pins are counted", () -> value(scrape(0), "pins") == 0);
      }
    }
  }
}
