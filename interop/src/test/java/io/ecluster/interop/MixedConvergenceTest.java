package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.ApiException;
import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Writes on both kinds at once, while peers of both pause and restart, end in one pinset. */
@NeedsKubo
@NeedsGoCluster
class MixedConvergenceTest {
  private static final int CIDS = 24;
  private static final int OPERATIONS_OF_A_WRITER = 25;
  private static final int CONFLICTS = 10;

  @RegisterExtension static final MixedPeers CLUSTER = new MixedPeers(2, 2);

  @TempDir Path temp;

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private List<String> cids = List.of();

  @Test
  void allEndWithTheSamePins() throws IOException {
    long seed = Instant.now().toEpochMilli();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    cids = contents(random);
    List<MixedPeer> all = CLUSTER.all();

    write(random, all);
    conflict(random);
    for (MixedPeer away : List.of(CLUSTER.ours(1), CLUSTER.go(1))) {
      List<MixedPeer> others = all.stream().filter(peer -> !peer.equals(away)).toList();
      away.pause();
      write(random, others);
      away.resume();
      write(random, all);
      away.stop();
      write(random, others);
      away.start();
      write(random, all);
    }
    assertThat(done.get()).as("of %s refused", refused).isGreaterThan(300);
    awaitSamePins(seed);
    all.forEach(MixedPeer::stop);
    List<NavigableMap<String, JsonObject>> exports = all.stream().map(MixedPeer::exported).toList();
    assertThat(exports.getFirst()).isNotEmpty();
    assertThat(exports).as("seed %s", seed).allMatch(exports.getFirst()::equals);
  }

  private List<String> contents(Random random) throws IOException {
    for (int i = 0; i < CIDS; i++) {
      Files.writeString(temp.resolve("file" + i), "content " + random.nextLong());
    }
    return CLUSTER
        .go(0)
        .kubo()
        .run("add", "-r", "-q", "--cid-version=1", temp.toString())
        .lines()
        .limit(CIDS)
        .toList();
  }

  /** One writer on each of the peers, all at the same time. */
  private void write(Random random, List<MixedPeer> peers) {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (MixedPeer peer : peers) {
      Random its = new Random(random.nextLong());
      writers.add(
          inBackground(() -> {
            for (int i = 0; i < OPERATIONS_OF_A_WRITER; i++) {
              operate(its, peer);
            }
          }));
    }
    writers.forEach(CompletableFuture::join);
  }

  private static CompletableFuture<Void> inBackground(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
  }

  private void operate(Random random, MixedPeer peer) {
    String cid = cids.get(random.nextInt(cids.size()));
    try {
      switch (random.nextInt(8)) {
        case 0, 1 -> peer.unpin(cid);
        case 2 -> peer.pin(cid, "pin-update=" + cids.get(random.nextInt(cids.size())));
        default -> peer.pin(cid, options(random));
      }
      done.incrementAndGet();
    } catch (ApiException e) {
      assertThat(e.code()).as("%s", e).isNotZero();
      refused.incrementAndGet(); // as unpinning what is not pinned
    }
  }

  private static String options(Random random) {
    int replicas = random.nextInt(3);
    String factor = replicas == 0 ? "-1" : String.valueOf(replicas);
    String expiry =
        random.nextInt(3) == 0 ? "&expire-at=" + Instant.now().plus(Duration.ofHours(1)) : "";
    return "replication-min=%s&replication-max=%s&name=n%d&meta-k=%d%s"
        .formatted(factor, factor, random.nextInt(1000), random.nextInt(10), expiry);
  }

  /** All peers pin the same CID under names of their own at the same moment. */
  private void conflict(Random random) {
    for (int round = 0; round < CONFLICTS; round++) {
      String cid = cids.get(random.nextInt(cids.size()));
      CountDownLatch ready = new CountDownLatch(1);
      List<CompletableFuture<Void>> writers =
          CLUSTER.all().stream()
              .map(peer ->
                  inBackground(() -> {
                    join(ready);
                    peer.pin(cid, "replication-min=-1&replication-max=-1&name=by-" + peer.name());
                  }))
              .toList();
      ready.countDown();
      writers.forEach(CompletableFuture::join);
    }
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitSamePins(long seed) {
    PeerProcesses.await(
        "all have the same pins; seed " + seed,
        () -> CLUSTER.all().stream().map(MixedPeer::pins).distinct().count() == 1);
  }
}
