package io.ecluster.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Kubo daemon on loopback that finds only whom it is connected to. */
final class BenchKubo implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Path binary;
  private final Path repo;
  private final Process daemon;

  /** Makes a repository and starts a daemon on it. */
  BenchKubo(Path binary, Path repo) throws IOException, InterruptedException {
    this.binary = binary;
    this.repo = repo;
    run("init", "--profile=test");
    run("config", "Routing.Type", "none");
    Path log = repo.resolveSibling(repo.getFileName() + ".log");
    this.daemon = builder("daemon").redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Instant end = Instant.now().plus(PATIENCE);
    while (!Files.readString(log).contains("Daemon is ready")) {
      if (Instant.now().isAfter(end) || !daemon.isAlive()) {
        throw new IOException("Kubo did not start; see " + log);
      }
      Thread.sleep(POLL);
    }
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("IPFS_PATH", repo.toString());
    builder.environment().put("IPFS_TELEMETRY", "off");
    return builder;
  }

  /** Runs a command of Kubo's and gives what it prints, without the white space around it. */
  String run(String... arguments) throws IOException, InterruptedException {
    Process process = builder(arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("ipfs " + String.join(" ", arguments) + " failed");
    }
    return printed.strip();
  }

  /** The multiaddr of its RPC API. */
  String api() throws IOException {
    return Files.readString(repo.resolve("api")).strip();
  }

  /** Bytes of all blocks in its store. */
  long storedBytes() throws IOException {
    try (Stream<Path> files = Files.walk(repo.resolve("blocks"))) {
      return files
          .filter(file -> file.toString().endsWith(".data"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  /** The processor time that the daemon has used so far. */
  Duration processorTime() {
    return daemon.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  void kill() {
    daemon.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
