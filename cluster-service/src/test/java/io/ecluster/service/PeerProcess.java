package io.ecluster.service;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import io.ecluster.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A daemon in a process of its own, so that killing it is what it is in life. */
final class PeerProcess implements AutoCloseable {
  private final Path folder;
  private final Map<String, String> environment;
  private final String name;
  private Optional<Process> process = Optional.empty();

  PeerProcess(Path folder, String name, Map<String, String> environment) {
    this.folder = folder;
    this.name = name;
    this.environment = environment;
  }

  String name() {
    return name;
  }

  boolean alive() {
    return process.filter(Process::isAlive).isPresent();
  }

  void init() throws IOException, InterruptedException {
    Process init = launch("init");
    if (init.waitFor() != 0) {
      throw new IllegalStateException("init of " + name + " failed: " + log());
    }
  }

  void start(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("daemon"));
    arguments.addAll(List.of(options));
    process = Optional.of(launch(arguments.toArray(String[]::new)));
  }

  private Process launch(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.ecluster.service.Main",
                "-c",
                folder.resolve(name).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    return builder.start();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    if (process.isPresent()) {
      process.get().destroyForcibly().waitFor();
    }
  }

  private Path logFile() {
    return folder.resolve(name + ".log");
  }

  String log() throws IOException {
    return Files.exists(logFile()) ? Files.readString(logFile()) : "";
  }

  String id() throws IOException {
    Path identity = folder.resolve(name).resolve("identity.json");
    return Json.parseObject(Files.readString(identity)).text("id");
  }

  String clusterAddress() throws IOException {
    return environment.get("CLUSTER_LISTENMULTIADDRESS") + "/p2p/" + id();
  }

  ApiClient api() {
    String address =
        environment.getOrDefault("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", "/unix/none");
    return new ApiClient(List.of(Endpoint.parse(address)), Optional.empty(), Duration.ofMinutes(3));
  }

  @Override
  public void close() {
    process.ifPresent(Process::destroyForcibly);
  }
}
