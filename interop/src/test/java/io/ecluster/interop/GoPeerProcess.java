package io.ecluster.interop;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A peer of the Go cluster in a process of its own, on loopback, with a Kubo daemon as its node.
 */
public final class GoPeerProcess implements AutoCloseable {
  private static final int LOG_CHARACTERS = 4000;
  private static final Duration COMMAND_PATIENCE = Duration.ofMinutes(1);

  private final Place place;
  private final Path folder;
  private final Path log;
  private final Map<String, String> environment;
  private Optional<Process> daemon = Optional.empty();

  /** Characters that its log had when it was started last. */
  private int before;

  private GoPeerProcess(Path folder, Map<String, String> environment, Place place) {
    this.place = place;
    this.folder = folder;
    this.log = folder.resolveSibling(folder.getFileName() + ".log");
    this.environment = Map.copyOf(environment);
  }

  /**
   * Makes its configuration: a CRDT peer whose ports are all its own.
   *
   * @param settings variables such as {@code CLUSTER_SECRET}, beside those of every test
   */
  public static GoPeerProcess init(
      Path folder, PeerProcesses ports, KuboProcess kubo, Map<String, String> settings) {
    return init(folder, ports, kubo, settings, Place.LOOPBACK);
  }

  /** As {@link #init}, to run in a place of its own. */
  static GoPeerProcess init(
      Path folder,
      PeerProcesses ports,
      KuboProcess kubo,
      Map<String, String> settings,
      Place place) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CLUSTER_PEERNAME", folder.getFileName().toString());
    environment.put("CLUSTER_IPFSHTTP_NODEMULTIADDRESS", kubo.api().toString());
    environment.put("CLUSTER_MONITORPINGINTERVAL", "2s");
    environment.put("CLUSTER_MDNSINTERVAL", "0s");
    environment.put("CLUSTER_LISTENMULTIADDRESS", place.swarm(ports.freePort()));
    for (String server : List.of("RESTAPI_HTTP", "IPFSPROXY_", "PINSVCAPI_HTTP")) {
      environment.put("CLUSTER_" + server + "LISTENMULTIADDRESS", place.api(ports.freePort()));
    }
    environment.putAll(settings);
    GoPeerProcess peer = new GoPeerProcess(folder, environment, place);
    peer.end(peer.launch("init"));
    return peer;
  }

  private void end(Process process) {
    int code = process.onExit().join().exitValue();
    if (code != 0) {
      throw new IllegalStateException("init ended with " + code + ": " + log());
    }
  }

  /** Starts the daemon and waits until its API answers. */
  public void start(String... options) {
    List<String> words = new ArrayList<>(List.of("daemon"));
    words.addAll(List.of(options));
    before = wholeLog().length();
    daemon = Optional.of(launch(words.toArray(String[]::new)));
    PeerProcesses.await("the Go peer is ready", this::ready);
  }

  private boolean ready() {
    if (!alive()) {
      throw new AssertionError("the Go peer has ended: " + log());
    }
    return wholeLog().indexOf("IPFS Cluster is READY", before) >= 0;
  }

  private Process launch(String... words) {
    List<String> command = new ArrayList<>();
    command.add(RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-service").toString());
    command.addAll(List.of("-c", folder.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(place.launching(command)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command such as {@code state export} to its end, and gives what it prints. */
  public String command(String... words) {
    List<String> command = new ArrayList<>();
    command.add(RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-service").toString());
    command.addAll(List.of("-c", folder.toString()));
    command.addAll(List.of(words));
    return new Command(environment).run(COMMAND_PATIENCE, command).ok();
  }

  /** Sends a signal such as {@code STOP}. */
  public void signal(String name) {
    List<String> kill = List.of("kill", "-" + name, String.valueOf(pid()));
    new Command(Map.of()).run(COMMAND_PATIENCE, kill).ok();
  }

  /** Of the daemon. */
  public long pid() {
    return daemon.orElseThrow().pid();
  }

  public boolean alive() {
    return daemon.filter(Process::isAlive).isPresent();
  }

  /** Where its HTTP API is. */
  public String apiAddress() {
    return environment.getOrDefault("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", "");
  }

  /** Where other peers of the cluster reach it. */
  public Multiaddr clusterAddress() {
    String listen = environment.getOrDefault("CLUSTER_LISTENMULTIADDRESS", "");
    return Multiaddr.parse(listen + "/p2p/" + read("identity.json").text("id"));
  }

  /** One of its files. */
  public JsonObject read(String file) {
    try {
      return Json.parseObject(Files.readString(folder.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces one of its files. */
  public void write(String file, String text) {
    try {
      Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path folder() {
    return folder;
  }

  /** The end of its log. */
  public String log() {
    String all = wholeLog();
    return all.substring(Math.max(0, all.length() - LOG_CHARACTERS));
  }

  public String wholeLog() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM, and waits. */
  public void stop() {
    daemon.ifPresent(process -> {
      process.destroy();
      process.onExit().join();
    });
  }

  /** SIGKILL, and waits. */
  @Override
  public void close() {
    daemon.ifPresent(process -> process.destroyForcibly().onExit().join());
  }
}
