package io.ecluster.interop;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.images.builder.Transferable;

/**
 * The cluster of {@code docker-compose-erasure.yml}: pairs of a peer {@code clusterN} and a Kubo
 * daemon {@code ipfsN}. Closing removes containers, networks and volumes.
 */
final class ContainerCluster implements AutoCloseable {
  static final int PAIRS = 8;
  private static final Duration MEMBERS_PATIENCE = Duration.ofMinutes(4);
  private static final int STOP_SECONDS = 20;
  private static final int SECRET_BYTES = 32;
  private static final Pattern MARGIN = Pattern.compile("Margin: (\\d+)");
  private static final Pattern HEALTHY = Pattern.compile(": healthy  : cluster(\\d+) ");

  private final ComposeContainer compose;
  private final TreeSet<Integer> running =
      new TreeSet<>(IntStream.range(0, PAIRS).boxed().toList());

  private ContainerCluster(ComposeContainer compose) {
    this.compose = compose;
  }

  /** Starts all and waits until each peer knows all others. */
  static ContainerCluster start() {
    DockerEngine engine = DockerEngine.instance();
    speakTheEnginesVersion(engine);
    ContainerCluster cluster =
        new ContainerCluster(
            new ComposeContainer("ecluster-test", DockerEngine.composeFile().toFile())
                .withPull(false)
                .withBuild(false)
                .withEnv(engine.environment())
                .withEnv("CLUSTER_IMAGE", engine.peerImage())
                .withEnv("KUBO_IMAGE", engine.kuboImage())
                .withEnv("CLUSTER_SECRET", secret())
                .withEnv("CLUSTER_API_PORT", "0"));
    try {
      cluster.compose.start();
      cluster.running().forEach(cluster::awaitMembers);
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /** Testcontainers asks for a version of the API that engines before 25 do not have. */
  private static void speakTheEnginesVersion(DockerEngine engine) {
    System.setProperty(
        "api.version", engine.docker("version", "--format", "{{.Server.APIVersion}}").ok());
  }

  private static String secret() {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  private void awaitMembers(int peer) {
    Awaitility.await("cluster" + peer + " sees all")
        .atMost(MEMBERS_PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> metrics(peer) == PAIRS);
  }

  private long metrics(int peer) {
    ExecResult told = exec("cluster" + peer, "ipfs-cluster-ctl", "health", "metrics", "freespace");
    return told.getStdout().lines().filter(line -> line.contains("freespace")).count();
  }

  /** The numbers of those that run. */
  List<Integer> running() {
    return List.copyOf(running);
  }

  /** Runs the command line of the first peer that runs, and gives what it prints. */
  String ctl(String... words) {
    List<String> all = new ArrayList<>(List.of("ipfs-cluster-ctl"));
    all.addAll(List.of(words));
    return ok("cluster" + running.first(), all.toArray(String[]::new));
  }

  /** Runs the command line of a Kubo daemon. */
  String ipfs(int pair, String... words) {
    List<String> all = new ArrayList<>(List.of("ipfs"));
    all.addAll(List.of(words));
    return ok("ipfs" + pair, all.toArray(String[]::new));
  }

  /** Puts a file into the container of the first peer that runs. */
  void put(byte[] bytes, String path) {
    container("cluster" + running.first()).copyFileToContainer(Transferable.of(bytes), path);
  }

  byte[] get(String path) {
    try {
      return container("cluster" + running.first())
          .copyFileFromContainer(path, stream -> stream.readAllBytes());
    } catch (Exception e) {
      throw new IllegalStateException("cannot read " + path, e);
    }
  }

  /** The margin of each group, as the plan of a repair tells it. */
  List<Long> margins(String root) {
    return plan(root, MARGIN).map(Long::valueOf).toList();
  }

  /** The pairs that hold healthy shards, in the order of their numbers. */
  List<Integer> holders(String root) {
    return plan(root, HEALTHY).map(Integer::valueOf).distinct().sorted().toList();
  }

  private Stream<String> plan(String root, Pattern wanted) {
    String text = ctl("ecrecovery", "--dry-run", root);
    return wanted.matcher(text).results().map(found -> found.group(1));
  }

  void stopPair(int pair) {
    for (String service : List.of("cluster" + pair, "ipfs" + pair)) {
      ContainerState container = container(service);
      DockerClient docker = container.getDockerClient();
      docker.stopContainerCmd(container.getContainerId()).withTimeout(STOP_SECONDS).exec();
    }
    running.remove(pair);
  }

  private String ok(String service, String... words) {
    ExecResult result = exec(service, words);
    if (result.getExitCode() != 0) {
      throw new IllegalStateException(
          service + ": " + String.join(" ", words) + ": " + result.getStderr());
    }
    return result.getStdout().strip();
  }

  private ExecResult exec(String service, String... words) {
    try {
      return container(service).execInContainer(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private ContainerState container(String service) {
    return compose
        .getContainerByServiceName(service)
        .orElseThrow(() -> new IllegalStateException("no container of " + service));
  }

  @Override
  public void close() {
    compose.stop();
  }
}
