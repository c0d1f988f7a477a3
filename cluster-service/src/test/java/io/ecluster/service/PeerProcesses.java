package io.ecluster.service;

import io.ecluster.client.ApiClient;
import io.ecluster.client.ApiException;
import io.ecluster.client.HttpResponse;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A cluster of daemons on loopback. */
public final class PeerProcesses implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String BOUNDARY = "boundary-of-a-test";
  public static final String UPLOAD_TYPE = "multipart/form-data; boundary=" + BOUNDARY;

  private static final int FIRST_PORT = 10_000;
  private static final int LAST_PORT = 32_000;

  private final List<PeerProcess> peers = new ArrayList<>();
  private final Random random = new Random();
  private final Set<Integer> ports = new HashSet<>();
  private final Path folder;
  private final Map<String, String> environment;
  private final String secret;

  public PeerProcesses(Path folder) {
    this(folder, Map.of());
  }

  /**
   * @param environment settings of all peers beside those of every test
   */
  public PeerProcesses(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    this.secret = HexFormat.of().formatHex(bytes);
  }

  /** Starts peers; all but the first bootstrap to it. */
  public void start(int count) throws IOException, InterruptedException {
    start(count, Map.of());
  }

  /**
   * @param special settings of some peers, by number
   */
  public void start(int count, Map<Integer, Map<String, String>> special)
      throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      PeerProcess peer = make("peer" + i, secret, special.getOrDefault(i, Map.of()));
      peer.initHere();
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

  public PeerProcess make(String name, String itsSecret) {
    return make(name, itsSecret, Map.of());
  }

  /**
   * @param its settings of this peer alone
   */
  public PeerProcess make(String name, String itsSecret, Map<String, String> its) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("CLUSTER_SECRET", itsSecret);
    all.put("CLUSTER_PEERNAME", name);
    all.put("CLUSTER_MONITORPINGINTERVAL", "2s");
    all.putIfAbsent("CLUSTER_MDNSINTERVAL", "0s"); // peers of other tests are no concern
    for (String socket : List.of("", "EMBEDDED_", "RESTAPI_HTTP")) {
      all.put("CLUSTER_" + socket + "LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + freePort());
    }
    for (String server : List.of("IPFSPROXY_", "GATEWAY_", "PINSVCAPI_HTTP")) {
      all.putIfAbsent("CLUSTER_" + server + "LISTENMULTIADDRESS", ""); // on where a test is of it
    }
    all.putAll(its);
    return new PeerProcess(folder, name, all);
  }

  /**
   * A port below those that the system gives to outgoing connections: else one of those may take it
   * before the daemon does, also while the daemon is down.
   */
  public int freePort() {
    while (true) {
      int port = random.nextInt(FIRST_PORT, LAST_PORT);
      if (ports.add(port) && isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public PeerProcess get(int index) {
    return peers.get(index);
  }

  public List<PeerProcess> all() {
    return List.copyOf(peers);
  }

  /** Starts those that were killed, as they are: they know their cluster from their peerstore. */
  public void startDead() throws IOException {
    List<PeerProcess> dead = peers.stream().filter(peer -> !peer.alive()).toList();
    for (PeerProcess peer : dead) {
      peer.start();
    }
    if (!dead.isEmpty()) {
      peers.forEach(peer -> awaitMembers(peer, peers.size()));
    }
  }

  /** Bytes of blocks on the disk of each peer, by name. */
  public Map<String, Long> storedBytes() {
    Map<String, Long> stored = new TreeMap<>();
    peers.forEach(peer -> stored.put(peer.name(), peer.storedBytes()));
    return stored;
  }

  /** The ends of all logs. */
  public String logTails(int lines) {
    StringBuilder tails = new StringBuilder();
    for (PeerProcess peer : peers) {
      try {
        tails.append("---- ").append(peer.name()).append('\n').append(peer.logTail(lines));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      tails.append('\n');
    }
    return tails.toString();
  }

  public PeerProcess byId(String id) {
    return peers.stream().filter(peer -> hasId(peer, id)).findFirst().orElseThrow();
  }

  private static boolean hasId(PeerProcess peer, String id) {
    try {
      return peer.id().equals(id);
    } catch (IOException e) {
      return false;
    }
  }

  public PeerProcess firstAlive() {
    return peers.stream().filter(PeerProcess::alive).findFirst().orElseThrow();
  }

  /** A metric alone may be from before the member was killed: so it must answer, too. */
  public void awaitMembers(PeerProcess peer, int count) {
    await(
        peer.name() + " sees " + count + " members with free space, and they answer",
        () -> list(peer, "/monitor/metrics/freespace").size() >= count && answering(peer) >= count);
  }

  private static long answering(PeerProcess peer) {
    List<JsonObject> members = new ArrayList<>();
    peer.api().stream("GET", "/peers", members::add);
    return members.stream().filter(member -> member.text("error").isEmpty()).count();
  }

  public static List<?> list(PeerProcess peer, String path) {
    return peer.api().call("GET", path) instanceof List<?> list ? list : List.of();
  }

  /** Asks again and again; an API that does not answer yet is no failure. */
  public static void await(String what, BooleanSupplier condition) {
    await(PATIENCE, what, condition);
  }

  /** As {@link #await(String, BooleanSupplier)}, for what takes its time. */
  public static void await(Duration patience, String what, BooleanSupplier condition) {
    Instant end = Instant.now().plus(patience);
    while (!holds(condition)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not in " + patience.toSeconds() + " s: " + what);
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
  public static List<JsonObject> add(PeerProcess peer, String query, byte[] content) {
    return add(peer.api(), query, content);
  }

  /** Adds one file and gives the events. */
  public static List<JsonObject> add(ApiClient api, String query, byte[] content) {
    List<JsonObject> events = new ArrayList<>();
    api.upload("/add?" + query, UPLOAD_TYPE, out -> writeFile(out, content), events::add);
    return events;
  }

  private static void writeFile(OutputStream out, byte[] content) throws IOException {
    out.write(uploadHead());
    out.write(content);
    out.write(uploadTail());
  }

  /** What comes before the bytes of the one file of an upload. */
  public static byte[] uploadHead() {
    return ("--"
            + BOUNDARY
            + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  public static byte[] uploadTail() {
    return ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  public static byte[] read(PeerProcess peer, String cid) throws IOException {
    try (HttpResponse response = peer.api().send("GET", "/ecget/" + cid, Map.of())) {
      return response.body().readAllBytes();
    }
  }

  public static List<JsonObject> recover(PeerProcess peer, boolean dryRun) {
    return recover(peer, "dry-run=" + dryRun);
  }

  /** Repairs, and gives what is said of each group. */
  public static List<JsonObject> recover(PeerProcess peer, String query) {
    List<JsonObject> groups = new ArrayList<>();
    peer.api().stream("POST", "/ecrecovery?" + query, groups::add);
    return groups;
  }

  /** Has all peers collect garbage and gives how many blocks that removed. */
  public static long collectGarbage(PeerProcess peer) {
    JsonObject answer = JsonObject.of(peer.api().call("POST", "/ipfs/gc"));
    JsonObject byPeer = answer.object("peer_map");
    return byPeer.keys().stream().mapToLong(id -> byPeer.object(id).list("keys").size()).sum();
  }

  /** Names of pins in a peer's pinset that begin so. */
  public static List<String> pinNames(PeerProcess peer, String prefix) {
    List<String> names = new ArrayList<>();
    peer.api().stream(
        "GET",
        "/allocations",
        pin -> {
          if (pin.text("name").startsWith(prefix)) {
            names.add(pin.text("name"));
          }
        });
    return names;
  }

  @Override
  public void close() {
    peers.forEach(PeerProcess::close);
  }
}
