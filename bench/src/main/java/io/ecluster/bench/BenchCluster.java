package io.ecluster.bench;

import io.ecluster.client.HttpResponse;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/** Six peers on this machine; the first takes in and reads. */
final class BenchCluster implements AutoCloseable {
  private static final int PEERS = 6;
  private static final int DATA_SHARDS = 4;
  private static final int PARITY_SHARDS = 2;

  private final List<BenchPeer> peers = new ArrayList<>();

  /**
   * @param kubo the program of Kubo, if each peer shall have a Kubo daemon
   */
  BenchCluster(Path programs, Path folder, boolean isPrivate, Optional<Path> kubo)
      throws IOException, InterruptedException {
    byte[] random = new byte[32];
    new Random().nextBytes(random);
    String secret = isPrivate ? HexFormat.of().formatHex(random) : "";
    for (int i = 0; i < PEERS; i++) {
      Optional<BenchKubo> node =
          kubo.isPresent()
              ? Optional.of(new BenchKubo(kubo.get(), folder.resolve("kubo" + i)))
              : Optional.empty();
      BenchPeer peer = new BenchPeer(programs, folder.resolve("peer" + i), secret, node);
      peers.add(peer);
      peer.init();
      peer.start(i == 0 ? Optional.empty() : Optional.of(peers.getFirst()));
    }
    for (BenchPeer peer : peers) {
      peer.awaitMembers(PEERS);
    }
  }

  BenchPeer first() {
    return peers.getFirst();
  }

  /** A DAG's root and how long it took to add it. */
  record Added(String root, Duration time) {}

  Added add(Path file) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    String root =
        first()
            .ctl(
                "add",
                "--erasure",
                "-Q",
                "--data-shards",
                "" + DATA_SHARDS,
                "--parity-shards",
                "" + PARITY_SHARDS,
                file.toString());
    return new Added(root, Duration.between(begun, Instant.now()));
  }

  /** Reads a file back, compares it, and returns how long the reading took. */
  Duration read(String root, Path original) throws IOException, InterruptedException {
    Path copy = original.resolveSibling("copy");
    Instant begun = Instant.now();
    first().ctl("ecget", "-q", "-o", copy.toString(), root);
    Duration time = Duration.between(begun, Instant.now());
    if (Files.mismatch(original, copy) >= 0) {
      throw new IOException("what was read differs from " + original);
    }
    Files.delete(copy);
    return time;
  }

  /** Until the first byte of a file is there. */
  Duration firstByte(String root) throws IOException {
    Instant begun = Instant.now();
    try (HttpResponse response = first().api().send("GET", "/ecget/" + root, Map.of())) {
      if (response.body().read() < 0) {
        throw new IOException(root + " is empty");
      }
      return Duration.between(begun, Instant.now());
    }
  }

  /** Kills as many peers that hold data shards of a root as may be lost; the first peer stays. */
  void killHolders(String root) throws IOException, InterruptedException {
    List<JsonObject> groups = new ArrayList<>();
    first().api().stream("POST", "/ecrecovery?dry-run=true&cid=" + root, groups::add);
    List<String> holders =
        groups.getFirst().list("shards").stream()
            .map(JsonObject::of)
            .filter(shard -> shard.number("column") < DATA_SHARDS)
            .map(shard -> shard.text("peer"))
            .toList();
    int killed = 0;
    for (BenchPeer peer : peers.subList(1, PEERS)) {
      if (killed < PARITY_SHARDS && holders.contains(peer.id())) {
        peer.kill();
        killed++;
      }
    }
  }

  /** Processor time that all daemons have used so far, and that of all Kubo daemons. */
  record Processor(Duration daemons, Duration kubos) {
    Processor since(Processor before) {
      return new Processor(daemons.minus(before.daemons), kubos.minus(before.kubos));
    }
  }

  Processor processor() {
    return new Processor(sum(BenchPeer::processorTime), sum(BenchPeer::processorTimeOfKubo));
  }

  private Duration sum(Function<BenchPeer, Duration> part) {
    return peers.stream().map(part).reduce(Duration.ZERO, Duration::plus);
  }

  long storedBytes() throws IOException {
    long all = 0;
    for (BenchPeer peer : peers) {
      all += peer.storedBytes();
    }
    return all;
  }

  @Override
  public void close() {
    peers.forEach(BenchPeer::close);
  }
}
