package io.ecluster.interop;

import io.ecluster.client.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Pins, pin updates and unpins of a few CIDs, drawn at random; used by several writers at once. */
final class RandomPins {
  private final List<String> cids;
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  /**
   * @param cids few, so that writers meet
   */
  RandomPins(List<String> cids) {
    this.cids = List.copyOf(cids);
  }

  /** Small files of random content in a Kubo daemon. */
  static List<String> contents(KuboProcess kubo, Random random, int count) {
    try {
      Path folder = Files.createTempDirectory("contents");
      for (int i = 0; i < count; i++) {
        Files.writeString(folder.resolve("file" + i), "content " + random.nextLong());
      }
      String printed = kubo.run("add", "-r", "-q", "--cid-version=1", folder.toString());
      Folders.delete(folder);
      return printed.lines().limit(count).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String any(Random random) {
    return cids.get(random.nextInt(cids.size()));
  }

  /**
   * One operation on a peer. An answer that refuses it, as for unpinning what is not pinned, counts
   * as one.
   *
   * @throws ApiException if there was no answer
   */
  void operate(Random random, MixedPeer peer) {
    String cid = any(random);
    try {
      switch (random.nextInt(8)) {
        case 0, 1 -> peer.unpin(cid);
        case 2 -> peer.pin(cid, "pin-update=" + any(random));
        default -> peer.pin(cid, options(random));
      }
      done.incrementAndGet();
    } catch (ApiException e) {
      if (e.code() == 0) {
        throw e;
      }
      refused.incrementAndGet();
    }
  }

  private static String options(Random random) {
    int replicas = random.nextInt(3);
    String factor = replicas == 0 ? "-1" : String.valueOf(replicas);
    String expiry =
        random.nextInt(3) == 0 ? "&expire-at=" + Instant.now().plus(Duration.ofHours(3)) : "";
    return "replication-min=%s&replication-max=%s&name=n%d&meta-k=%d%s"
        .formatted(factor, factor, random.nextInt(1000), random.nextInt(10), expiry);
  }

  /** One writer on each of the peers, all at the same time; returns when all have ended. */
  void write(Random random, List<MixedPeer> peers, int operations) {
    begin(random, peers, operations).join();
  }

  /** As {@link #write}, and does not wait. */
  CompletableFuture<Void> begin(Random random, List<MixedPeer> peers, int operations) {
    return CompletableFuture.allOf(
        peers.stream()
            .map(peer -> writer(new Random(random.nextLong()), peer, operations))
            .toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> writer(Random random, MixedPeer peer, int operations) {
    return CompletableFuture.runAsync(
        () -> IntStream.range(0, operations).forEach(_ -> operate(random, peer)),
        Thread::startVirtualThread);
  }

  int done() {
    return done.get();
  }

  int refused() {
    return refused.get();
  }
}
