package io.ecluster.service;

import io.ecluster.client.ApiException;
import io.ecluster.client.HttpResponse;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A cluster of daemons on loopback. */
final class PeerProcesses implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String BOUNDARY = "boundary-of-a-test";

  private final List<PeerProcess> peers = new ArrayList<>();
  private final Path folder;
  private final String secret;

  PeerProcesses(Path folder) {
    this.folder = folder;
    byte[] random = new byte[32];
    new Random().nextBytes(random);
    this.secret = HexFormat.of().formatHex(random);
  }

  /** Starts peers; all but the first bootstrap to it. */
  void start(int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      PeerProcess peer = make("peer" + i, secret);
      peer.init();
      peers.add(peer);
    }
    for (PeerProcess peer : peers) {
      if (peer == peers.getFirst()) {
        peer.start();
      } else {
        peer.start("--bootstrap", peers.getFirst().clusterAddress());
      }
    }
    peers.forEach(peer -> awaitMembers(peer, count));
  }

  PeerProcess make(String name, String itsSecret) throws IOException {
    return new PeerProcess(
        folder,
        name,
        Map.of(
            "CLUSTER_SECRET",
            itsSecret,
            "CLUSTER_PEERNAME",
            name,
            "CLUSTER_MONITORPINGINTERVAL",
            "2s",
            "CLUSTER_LISTENMULTIADDRESS",
            "/ip4/127.0.0.1/tcp/" + freePort(),
            "CLUSTER_EMBEDDED_LISTENMULTIADDRESS",
            "/ip4/127.0.0.1/tcp/" + freePort(),
            "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS",
            "/ip4/127.0.0.1/tcp/" + freePort()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  PeerProcess get(int index) {
    return peers.get(index);
  }

  PeerProcess byId(String id) {
    return peers.stream().filter(peer -> hasId(peer, id)).findFirst().orElseThrow();
  }

  private static boolean hasId(PeerProcess peer, String id) {
    try {
      return peer.id().equals(id);
    } catch (IOException e) {
      return false;
    }
  }

  PeerProcess firstAlive() {
    return peers.stream().filter(PeerProcess::alive).findFirst().orElseThrow();
  }

  void awaitMembers(PeerProcess peer, int count) {
    await(
        peer.name() + " sees " + count + " members with free space",
        () -> list(peer, "/monitor/metrics/freespace").size() >= count);
  }

  static List<?> list(PeerProcess peer, String path) {
    return peer.api().call("GET", path) instanceof List<?> list ? list : List.of();
  }

  /** Asks again and again; an API that does not answer yet is no failure. */
  static void await(String what, BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!holds(condition)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not in " + PATIENCE.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (ApiException e) {
      return false;
    }
  }

  /** Adds one file and gives the events. */
  static List<JsonObject> add(PeerProcess peer, String query, byte[] content) {
    List<JsonObject> events = new ArrayList<>();
    peer.api()
        .upload(
            "/add?" + query,
            "multipart/form-data; boundary=" + BOUNDARY,
            out -> writeFile(out, content),
            events::add);
    return events;
  }

  private static void writeFile(OutputStream out, byte[] content) throws IOException {
    out.write(
        ("--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.write(content);
    out.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] read(PeerProcess peer, String cid) throws IOException {
    try (HttpResponse response = peer.api().send("GET", "/ecget/" + cid, Map.of())) {
      return response.body().readAllBytes();
    }
  }

  static List<JsonObject> recover(PeerProcess peer, boolean dryRun) {
    List<JsonObject> groups = new ArrayList<>();
    peer.api().stream("POST", "/ecrecovery?dry-run=" + dryRun, groups::add);
    return groups;
  }

  @Override
  public void close() {
    peers.forEach(PeerProcess::close);
  }
}
