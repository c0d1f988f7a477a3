package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two whole nodes that exchange blocks by bitswap. */
@Timeout(60)
class TwoNodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final FakeNetwork network = new FakeNetwork();
  private EmbeddedIpfsNode here;
  private EmbeddedIpfsNode there;

  @BeforeEach
  void open() {
    here = node(1);
    there = node(2);
  }

  private EmbeddedIpfsNode node(int number) {
    MemoryHost host = network.host(number);
    return EmbeddedIpfsNode.open(
        folder.resolve("node" + number),
        EmbeddedIpfsSettings.defaults(),
        SwarmView.of(host),
        local -> new Bitswap(host, local));
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    network.close();
  }

  @Test
  void aPinConnectsToItsOriginAndFetchesTheDag() {
    List<Block> leaves = leaves(300, 10_000);
    Block root = TestDag.node(leaves.toArray(Block[]::new));
    there.put(leaves);
    there.put(List.of(root));
    here.pin(root.cid(), PinMode.RECURSIVE, there.id().addresses());
    assertThat(here.swarmPeers()).containsExactly(there.id().id());
    assertThat(leaves).allMatch(leaf -> here.verify(leaf.cid()));
    assertThat(here.repoStat().repoSize()).isEqualTo(there.repoStat().repoSize());
  }

  @Test
  void aCorruptBlockIsFetchedFromTheOther() throws IOException {
    List<Block> leaves = leaves(20, 1_000);
    Block root = TestDag.shard("shard", leaves);
    for (EmbeddedIpfsNode node : List.of(here, there)) {
      node.put(leaves);
      node.put(List.of(root));
    }
    here.swarmConnect(there.id().addresses().getFirst());
    tear(folder.resolve("node1").resolve("blocks"));
    here.pin(root.cid(), PinMode.RECURSIVE, List.of());
    assertThat(here.corruptBlocks()).isEqualTo(21);
    assertThat(leaves).allMatch(leaf -> here.verify(leaf.cid()));
  }

  private static void tear(Path blocks) throws IOException {
    try (Stream<Path> files = Files.walk(blocks)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[] {1});
      }
    }
  }

  @Test
  void whoWaitsForABlockGetsItWhenItIsStored() throws Exception {
    here.swarmConnect(there.id().addresses().getFirst());
    Block late = TestDag.raw("late");
    FutureTask<byte[]> waiting =
        new FutureTask<>(() -> here.get(late.cid(), PATIENCE).orElseThrow());
    Thread.startVirtualThread(waiting);
    there.put(List.of(late));
    assertThat(waiting.get()).isEqualTo(late.data());
  }

  @Test
  void pathsResolveThroughFoldersOfOthers() {
    Block file = TestDag.raw("file");
    Block lower = TestDag.folder(Map.of("file", file.cid()));
    Block upper = TestDag.folder(Map.of("lower", lower.cid()));
    there.put(List.of(upper, lower));
    here.swarmConnect(there.id().addresses().getFirst());
    assertThat(here.resolve("/ipfs/" + upper.cid() + "/lower/file")).isEqualTo(file.cid());
  }

  private static List<Block> leaves(int count, int size) {
    Random random = new Random(count);
    return IntStream.range(0, count)
        .mapToObj(_ -> {
          byte[] data = new byte[size];
          random.nextBytes(data);
          return TestDag.raw(data);
        })
        .toList();
  }
}
