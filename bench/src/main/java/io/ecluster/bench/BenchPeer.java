package io.ecluster.bench;

import io.ecluster.client.ApiClient;
import io.ecluster.client.ApiException;
import io.ecluster.client.Endpoint;
import io.ecluster.client.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A daemon and its client, started by the launchers as users start them. */
final class BenchPeer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Path programs;
  private final Path folder;
  private final String clusterAddress;
  private final String apiAddress;
  private final Map<String, String> environment;
  private final Optional<BenchKubo> kubo;
  private Optional<Process> daemon = Optional.empty();

  /**
   * @param programs the folder of the launchers
   * @param folder the peer's own; it need not exist
   * @param secret empty for a cluster without a private network
   * @param kubo the IPFS node to use in place of the embedded one; this peer's own from now on
   */
  BenchPeer(Path programs, Path folder, String secret, Optional<BenchKubo> kubo)
      throws IOException {
    this.programs = programs;
    this.folder = folder;
    this.kubo = kubo;
    this.clusterAddress = freeAddress();
    this.apiAddress = freeAddress();
    this.environment = new HashMap<>();
    environment.put("CLUSTER_SECRET", secret);
    environment.put("CLUSTER_MONITORPINGINTERVAL", "2s");
    environment.put("CLUSTER_MDNSINTERVAL", "0s");
    environment.put("CLUSTER_LISTENMULTIADDRESS", clusterAddress);
    environment.put("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", apiAddress);
    environment.put("CLUSTER_EMBEDDED_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0");
    environment.put("CLUSTER_IPFSPROXY_LISTENMULTIADDRESS", "");
    environment.put("CLUSTER_GATEWAY_LISTENMULTIADDRESS", "");
    environment.put("CLUSTER_PINSVCAPI_HTTPLISTENMULTIADDRESS", "");
    if (kubo.isPresent()) {
      environment.put("CLUSTER_IPFSHTTP_NODEMULTIADDRESS", kubo.get().api());
      environment.put("CLUSTER_IPFSHTTP_BITSWAPLISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0");
    }
  }

  private static String freeAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return "/ip4/127.0.0.1/tcp/" + socket.getLocalPort();
    }
  }

  void init() throws IOException, InterruptedException {
    if (launch("init").waitFor() != 0) {
      throw new IOException("init failed: " + Files.readString(log()));
    }
  }

  /** Starts the daemon; returns how long it took until its API answered. */
  Duration start(Optional<BenchPeer> bootstrap) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("daemon"));
    if (bootstrap.isPresent()) {
      arguments.addAll(List.of("--bootstrap", bootstrap.get().address()));
    }
    Instant begun = Instant.now();
    daemon = Optional.of(launch(arguments.toArray(String[]::new)));
    await("its API", () -> api().call("GET", "/version") != null);
    return Duration.between(begun, Instant.now());
  }

  private String address() throws IOException {
    return clusterAddress + "/p2p/" + id();
  }

  String id() throws IOException {
    return Json.parseObject(Files.readString(folder.resolve("identity.json"))).text("id");
  }

  private Process launch(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(programs.resolve("ipfs-cluster-service").toString(), "-c", folder.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    return builder.start();
  }

  private Path log() {
    return folder.resolveSibling(folder.getFileName() + ".log");
  }

  ApiClient api() {
    return new ApiClient(
        List.of(Endpoint.parse(apiAddress)), Optional.empty(), Duration.ofMinutes(10));
  }

  /** What the client program prints for a command, without the white space around it. */
  String ctl(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(programs.resolve("ipfs-cluster-ctl").toString(), "--host", apiAddress));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed; see " + log());
    }
    return printed.strip();
  }

  void awaitMembers(int count) throws InterruptedException {
    await(
        count + " members",
        () ->
            api().call("GET", "/monitor/metrics/freespace") instanceof List<?> metrics
                && metrics.size() >= count);
  }

  private interface Condition {
    boolean holds();
  }

  private void await(String what, Condition condition) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!holds(condition)) {
      if (Instant.now().isAfter(end) || daemon.filter(Process::isAlive).isEmpty()) {
        throw new IllegalStateException("no " + what + "; see " + log());
      }
      Thread.sleep(POLL);
    }
  }

  private static boolean holds(Condition condition) {
    try {
      return condition.holds();
    } catch (ApiException e) {
      return false; // not up yet
    }
  }

  /** The most memory the daemon has had so far, in bytes, as the kernel counts it. */
  long peakBytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(daemon.orElseThrow().pid()), "status");
    String line =
        Files.readAllLines(status).stream()
            .filter(each -> each.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
  }

  /** The processor time that the daemon has used so far. */
  Duration processorTime() {
    return daemon.flatMap(process -> process.info().totalCpuDuration()).orElse(Duration.ZERO);
  }

  /** The same of its Kubo daemon; none if it has none. */
  Duration processorTimeOfKubo() {
    return kubo.map(BenchKubo::processorTime).orElse(Duration.ZERO);
  }

  /** Bytes of all blocks that its store holds. */
  long storedBytes() throws IOException {
    if (kubo.isPresent()) {
      return kubo.get().storedBytes();
    }
    try (Stream<Path> files = Files.walk(folder.resolve("ipfs").resolve("blocks"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** Kills the daemon and its IPFS node. */
  void kill() throws InterruptedException {
    kubo.ifPresent(BenchKubo::kill);
    if (daemon.isPresent()) {
      daemon.get().destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() {
    kubo.ifPresent(BenchKubo::close);
    daemon.ifPresent(Process::destroyForcibly);
  }
}
