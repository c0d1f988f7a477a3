package io.ecluster.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;

/** A container of the peer's image with a volume of its own; closing removes both. */
final class PeerContainer implements AutoCloseable {
  private static final Duration HEALTHY = Duration.ofSeconds(90);

  private final DockerEngine engine = DockerEngine.instance();
  private final String name = "ecluster-test-" + UUID.randomUUID();

  /** The container's name, and the volume's. */
  String name() {
    return name;
  }

  /** Runs a command of the image to its end, in a container that is removed. */
  Command.Result runOnce(List<String> options, String... arguments) {
    List<String> words = new ArrayList<>(List.of("run", "--rm"));
    words.addAll(withVolume(options));
    words.addAll(Arrays.asList(arguments));
    return engine.docker(words.toArray(String[]::new));
  }

  /** Starts a daemon. */
  void start(String... options) {
    List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name));
    words.addAll(List.of("--health-interval", "1s", "-e", "CLUSTER_SECRET=" + "ab".repeat(32)));
    words.addAll(List.of("-e", "CLUSTER_MDNSINTERVAL=0s"));
    words.addAll(withVolume(Arrays.asList(options)));
    engine.docker(words.toArray(String[]::new)).ok();
  }

  private List<String> withVolume(List<String> options) {
    List<String> words = new ArrayList<>(List.of("-v", name + ":/data/ipfs-cluster"));
    words.addAll(options);
    words.add(engine.peerImage());
    return words;
  }

  void awaitHealthy() {
    Awaitility.await("the container is healthy")
        .atMost(HEALTHY)
        .until(() -> inspect("{{.State.Health.Status}}").equals("healthy"));
  }

  String inspect(String format) {
    return engine.docker("inspect", "--format", format, name).ok();
  }

  /** Runs a shell command in the container. */
  String sh(String command) {
    return engine.docker("exec", name, "sh", "-c", command).ok();
  }

  String logs() {
    return engine.docker("logs", name).text();
  }

  void stop() {
    engine.docker("stop", "--time", "30", name).ok();
  }

  void startAgain() {
    engine.docker("start", name).ok();
  }

  @Override
  public void close() {
    engine.docker("rm", "--force", name);
    engine.docker("volume", "rm", "--force", name);
  }
}
