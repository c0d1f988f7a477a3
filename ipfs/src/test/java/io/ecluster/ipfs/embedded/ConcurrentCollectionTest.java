package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.IpfsNode.AddGuard;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adds, pins and unpins of DAGs that share most blocks, on many threads, while one collects without
 * pause: nothing that is pinned, or was put under an open guard, is ever missing.
 */
@Timeout(60)
class ConcurrentCollectionTest {
  private static final int LEAVES = 24;
  private static final int ADDERS = 3;
  private static final int PINNERS = 3;
  private static final int ROUNDS = 60;

  @TempDir Path folder;

  private final FakeExchange exchange = new FakeExchange();
  private final List<Block> leaves =
      IntStream.range(0, LEAVES).mapToObj(i -> TestDag.raw("shared leaf " + i)).toList();
  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicLong removed = new AtomicLong();
  private EmbeddedIpfsNode node;

  @BeforeEach
  void open() {
    exchange.offer(leaves);
    node =
        EmbeddedIpfsNode.open(
            folder, EmbeddedIpfsSettings.defaults(), new StubSwarm(), _ -> exchange);
  }

  @Test
  void nothingWantedIsEverMissing() throws Exception {
    long seed = new Random().nextLong();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> collector = threads.submit(this::collectUntilDone);
      List<Future<?>> workers = new ArrayList<>();
      IntStream.range(0, ADDERS)
          .forEach(i -> workers.add(threads.submit(() -> add(new Random(seed + i)))));
      IntStream.range(0, PINNERS)
          .forEach(i -> workers.add(threads.submit(() -> fetch(new Random(seed - 1 - i)))));
      waitFor(workers, seed);
      done.set(true);
      collector.get();
    }
    node.gc(_ -> {});
    assertThat(node.repoStat().repoSize()).as("seed %d", seed).isZero();
    assertThat(removed).as("collections overlapped with work").hasPositiveValue();
    node.close();
  }

  private static void waitFor(List<Future<?>> workers, long seed) throws InterruptedException {
    for (Future<?> worker : workers) {
      try {
        worker.get();
      } catch (ExecutionException e) {
        throw new AssertionError("with seed " + seed, e);
      }
    }
  }

  private void collectUntilDone() {
    while (!done.get()) {
      node.gc(_ -> removed.incrementAndGet());
    }
  }

  /** As an add does: puts under a guard, pins, lets the guard go. */
  private void add(Random random) {
    for (int i = 0; i < ROUNDS; i++) {
      List<Block> some = someLeaves(random);
      Block root = TestDag.shard("added " + random.nextLong(), some);
      try (AddGuard guard = node.guard()) {
        assertThat(guard).isNotNull();
        node.put(some);
        requireAll(some);
        node.put(List.of(root));
        node.pin(root.cid(), PinMode.RECURSIVE, List.of());
      }
      requirePinned(root, some);
    }
  }

  /** As a peer does that is told to pin: fetches what it lacks. */
  private void fetch(Random random) {
    for (int i = 0; i < ROUNDS; i++) {
      List<Block> some = someLeaves(random);
      Block root = TestDag.node(some.toArray(Block[]::new));
      exchange.offer(List.of(root));
      node.pin(root.cid(), PinMode.RECURSIVE, List.of());
      requirePinned(root, some);
    }
  }

  private void requirePinned(Block root, List<Block> below) {
    requireAll(below);
    requireAll(List.of(root));
    node.unpin(root.cid());
  }

  private void requireAll(List<Block> blocks) {
    assertThat(blocks).allMatch(block -> node.getLocal(block.cid()).isPresent());
  }

  private List<Block> someLeaves(Random random) {
    return random.ints(8, 0, LEAVES).distinct().mapToObj(leaves::get).toList();
  }
}
