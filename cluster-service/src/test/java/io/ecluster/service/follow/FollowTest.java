package io.ecluster.service.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line of followers; one of them runs as a process and follows a real peer. */
class FollowTest {
  private static final String CID = "bafkqablimvwgy3y"; // says hello in the identity of its bytes

  @TempDir Path temp;
  private HttpServer server;
  private volatile String published = "{\"consensus\":{\"crdt\":{}}}";

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void publish() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = published.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String source() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/config";
  }

  private Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> environment = Map.of("IPFS_CLUSTER_PATH", temp.toString());
    int code = new Main(stream(out), stream(err), environment).run(arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  @Test
  void withoutArgumentsFollowersAreListed() {
    assertThat(run().out()).contains("No clusters configured yet!");
    run("one", "init", source());
    run("two", "init", source());
    Result result = run();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith(
            """
            Configurations found for 2 follower peers. For info and help, try running:

            ipfs-cluster-follow "one"
            ipfs-cluster-follow "two"

            Tip:\
            """);
  }

  @ParameterizedTest
  @CsvSource({"--help", "-h", "--version", "x --help", "x info --help", "x run -h", "x init -h"})
  void helpIsNoError(String line) {
    Result result = run(line.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).isNotBlank();
    assertThat(temp.resolve("x")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "x info", "x list", "x run"})
  void whatIsNotThereIsToBeMade(String line) {
    Result result = run(line.split(" "));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("ipfs-cluster-follow x init <config-url>");
  }

  @Test
  void initMakesAFollowerOnce() throws IOException {
    assertThat(run("x", "init").err()).contains("configuration URL not provided");
    Result result = run("x", "init", source());
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Cluster \"x\" follower peer initialized.");
    JsonObject json = Json.parseObject(Files.readString(temp.resolve("x/service.json")));
    assertThat(json.fields()).containsExactly(Map.entry("source", source()));
    assertThat(temp.resolve("x/identity.json")).exists();
    Result again = run("x", "init", source());
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("already exists", temp.resolve("x").toString());
  }

  @Test
  void aNameStandsForAConfigurationInIpfs() throws IOException {
    assertThat(run("x", "init", "example.org").out()).contains("/ipns/example.org");
    assertThat(Files.readString(temp.resolve("x/service.json")))
        .contains("http://127.0.0.1:8080/ipns/example.org");
    run("y", "init", "--gateway", "https://ipfs.io", "example.org");
    assertThat(Files.readString(temp.resolve("y/service.json")))
        .contains("https://ipfs.io/ipns/example.org");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", ".", ".."})
  void aNameIsNoPath(String name) {
    assertThat(run(name, "init", source()).code()).isEqualTo(1);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void infoSaysWhatIsThere() {
    run("x", "init", source());
    Result result = run("x", "info");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            Information about follower peer for Cluster "x":

            Config folder: %s
            Config source URL: Available (%s)
            Cluster Peer online: false
            IPFS peer online: true
            """
                .formatted(temp.resolve("x"), source()));
    server.stop(0);
    assertThat(run("x", "info").out()).contains("failed retrieving configuration source");
    assertThat(run("x").out()).contains("Additional help");
  }

  @Test
  void aFollowerHoldsWhatThePeerPinsAndListsIt() throws Exception {
    try (PeerProcesses peers = new PeerProcesses(temp.resolve("peers"))) {
      Files.createDirectories(temp.resolve("peers"));
      peers.start(1);
      PeerProcess peer = peers.get(0);
      published = configuration(peer);
      run("x", "init", source());
      Process follower = start("x");
      try {
        PeerProcesses.await(
            "the follower to run", () -> run("x", "info").out().contains("Peer online: true"));
        peer.api().call("POST", "/pins/ipfs/" + CID + "?name=hello");
        PeerProcesses.await("the pin to come", () -> run("x", "list").out().contains("pinned"));
        assertThat(run("x", "list").out()).isEqualTo("%-20s %s hello%n".formatted("pinned", CID));
      } finally {
        follower.destroy();
        assertThat(follower.waitFor()).isZero();
      }
      assertThat(run("x", "list").out()).isEqualTo("%-20s %s hello%n".formatted("offline", CID));
    }
  }

  /** What an operator publishes: whom to trust, where they are, and the secret. */
  private static String configuration(PeerProcess peer) throws IOException {
    Map<String, Object> cluster = new HashMap<>();
    cluster.put("peername", "follower");
    cluster.put("secret", peer.secret());
    cluster.put("listen_multiaddress", "/ip4/127.0.0.1/tcp/0");
    cluster.put("peer_addresses", List.of(peer.clusterAddress()));
    cluster.put("monitor_ping_interval", "1s");
    cluster.put("mdns_interval", "0s");
    return Json.write(
        Map.of(
            "cluster",
            cluster,
            "consensus",
            Map.of("crdt", Map.of("trusted_peers", List.of(peer.id()))),
            "ipfs_connector",
            Map.of("embedded", Map.of("listen_multiaddress", "/ip4/127.0.0.1/tcp/0")),
            "api",
            Map.of("restapi", Map.of("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/1"))));
  }

  private Process start(String name) throws IOException {
    List<String> command = PeerProcess.javaCommand("io.ecluster.service.follow.Main");
    command.addAll(List.of("--config", temp.toString(), name, "run"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temp.resolve(name + ".log").toFile())
        .start();
  }
}
