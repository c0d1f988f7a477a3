package io.ecluster.interop;

import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster for all tests of a class: daemons, each with a Kubo daemon of its own. Before each test
 * those are started again that the one before killed; when a test fails, the ends of the logs are
 * printed.
 */
final class KuboPeers
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final int LOG_LINES = 40;

  private final int count;
  private final Optional<String> swarmKey;
  private final List<KuboProcess> kubos = new ArrayList<>();
  private @Nullable Path folder;
  private @Nullable PeerProcesses peers;

  KuboPeers(int count) {
    this(count, Optional.empty());
  }

  /**
   * @param swarmKey of the private network that all IPFS nodes are in, if they are in one
   */
  KuboPeers(int count, Optional<String> swarmKey) {
    this.count = count;
    this.swarmKey = swarmKey;
  }

  PeerProcesses peers() {
    return Objects.requireNonNull(peers, "not started");
  }

  PeerProcess get(int index) {
    return peers().get(index);
  }

  /** The Kubo daemon of a peer. */
  KuboProcess kubo(int index) {
    return kubos.get(index);
  }

  /** The Kubo daemon of a peer. */
  KuboProcess kubo(PeerProcess peer) {
    return kubos.get(peers().all().indexOf(peer));
  }

  List<KuboProcess> kubos() {
    return List.copyOf(kubos);
  }

  /** SIGKILL for a daemon and its Kubo. */
  void killPair(PeerProcess peer) throws InterruptedException {
    peer.kill();
    kubo(peer).kill();
  }

  /** Bytes of blocks on the disks of all Kubo daemons. */
  long storedBytes() {
    return kubos.stream().mapToLong(KuboProcess::storedBytes).sum();
  }

  /** Collects garbage with Kubo's own command on all that live, and gives how many blocks went. */
  long collectGarbage() {
    return kubos.stream()
        .filter(KuboProcess::alive)
        .mapToLong(kubo -> kubo.run("repo", "gc", "-q").lines().count())
        .sum();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    folder = Files.createTempDirectory("kubo-peers");
    Path root = folder;
    List<CompletableFuture<KuboProcess>> starting =
        IntStream.range(0, count)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () -> KuboProcess.started(root.resolve("kubo" + i), swarmKey)))
            .toList();
    starting.forEach(kubo -> kubos.add(kubo.join()));
    Map<Integer, Map<String, String>> special = new HashMap<>();
    for (int i = 0; i < count; i++) {
      special.put(i, environment(kubos.get(i)));
    }
    peers = new PeerProcesses(folder);
    try {
      peers.start(count, special);
    } catch (Exception | AssertionError e) {
      System.err.println(peers.logTails(LOG_LINES));
      throw e;
    }
  }

  private Map<String, String> environment(KuboProcess kubo) {
    return Map.of(
        "CLUSTER_IPFSHTTP_NODEMULTIADDRESS",
        kubo.api().toString(),
        "CLUSTER_IPFSHTTP_BITSWAPLISTENMULTIADDRESS",
        "/ip4/127.0.0.1/tcp/0",
        "CLUSTER_IPFSHTTP_SWARMKEYFILE",
        swarmKey.map(_ -> kubo.repo().resolve("swarm.key").toString()).orElse(""),
        "CLUSTER_IPFSHTTP_CONNECTSWARMSDELAY",
        "1s");
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    kubos.stream().filter(kubo -> !kubo.alive()).forEach(KuboProcess::start);
    peers().startDead();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed. The ends of the logs:");
      System.err.println(peers().logTails(LOG_LINES));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (peers != null) {
      for (PeerProcess peer : peers.all()) {
        peer.kill(); // waits, so that nobody writes while the folder is deleted
      }
    }
    kubos.forEach(KuboProcess::close);
    if (folder != null) {
      Folders.delete(folder);
    }
  }
}
