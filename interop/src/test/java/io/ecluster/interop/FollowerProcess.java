package io.ecluster.interop;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A follower of a published cluster, run by the program of Go or by ours. */
final class FollowerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String NAME = "published";

  private final List<String> program;
  private final Path folder;
  private final Map<String, String> environment;
  private Optional<Process> running = Optional.empty();

  private FollowerProcess(List<String> program, Path folder, KuboProcess kubo, Multiaddr listen) {
    this.program = List.copyOf(program);
    this.folder = folder;
    this.environment =
        Map.of(
            "CLUSTER_IPFSHTTP_NODEMULTIADDRESS", kubo.api().toString(),
            "CLUSTER_IPFSHTTP_BITSWAPLISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0",
            "CLUSTER_LISTENMULTIADDRESS", listen.toString());
  }

  static FollowerProcess go(Path folder, KuboProcess kubo, Multiaddr listen) {
    Path program = RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-follow");
    return new FollowerProcess(List.of(program.toString()), folder, kubo, listen);
  }

  static FollowerProcess ours(Path folder, KuboProcess kubo, Multiaddr listen) {
    List<String> program = PeerProcess.javaCommand("io.ecluster.service.follow.Main");
    return new FollowerProcess(program, folder, kubo, listen);
  }

  private List<String> words(String... words) {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--config", folder.toString(), NAME));
    command.addAll(List.of(words));
    return command;
  }

  /** Runs a command to its end. */
  Command.Result command(String... words) {
    return new Command(environment).run(PATIENCE, words(words));
  }

  /**
   * @param source where the configuration is published
   */
  void init(String source) {
    command("init", source).ok();
  }

  void start() {
    try {
      ProcessBuilder builder = new ProcessBuilder(words("run")).redirectErrorStream(true);
      builder.environment().putAll(environment);
      running = Optional.of(builder.redirectOutput(logFile().toFile()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path logFile() {
    return folder.resolveSibling(folder.getFileName() + ".log");
  }

  String log() {
    try {
      return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    running.ifPresent(process -> process.destroyForcibly().onExit().join());
  }
}
