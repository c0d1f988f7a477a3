package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.AddGuard;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EmbeddedIpfsNodeTest {
  @TempDir Path folder;

  private final FakeExchange exchange = new FakeExchange();
  private final StubSwarm swarm = new StubSwarm();
  private EmbeddedIpfsNode node;
  private final Block one = TestDag.raw("one");
  private final Block two = TestDag.raw("two");
  private final Block inner = TestDag.node(two);
  private final Block root = TestDag.node(one, inner);

  @BeforeEach
  void open() {
    node = EmbeddedIpfsNode.open(folder, EmbeddedIpfsSettings.defaults(), swarm, _ -> exchange);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void reopen() {
    node.close();
    open();
  }

  private Path file(Block block) {
    BlockNames.Name name = BlockNames.of(block.cid().hash());
    return folder.resolve("blocks").resolve(name.folder()).resolve(name.file());
  }

  private List<Cid> collected() {
    List<Cid> removed = new ArrayList<>();
    node.gc(removed::add);
    return removed;
  }

  @Test
  void pinsADagByFetchingWhatIsMissing() {
    node.put(List.of(one));
    exchange.offer(List.of(root, inner, two));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    assertThat(exchange.asked).containsExactlyInAnyOrder(root.cid(), inner.cid(), two.cid());
    assertThat(exchange.told).containsExactly(one.cid(), root.cid(), inner.cid(), two.cid());
    reopen();
    assertThat(node.pinned(root.cid())).contains(PinMode.RECURSIVE);
    assertThat(List.of(root, inner, one, two)).allMatch(b -> node.verify(b.cid()));
  }

  @Test
  void aDirectPinKeepsOneBlock() {
    exchange.offer(List.of(root, inner, one, two));
    node.pin(root.cid(), PinMode.DIRECT, List.of());
    assertThat(exchange.asked).containsExactly(root.cid());
    node.put(List.of(one));
    assertThat(collected()).containsExactly(one.cid());
    assertThat(pins()).containsExactly(new PinnedCid(root.cid(), PinMode.DIRECT));
  }

  @Test
  void recordsNoPinWhenABlockDoesNotCome() {
    exchange.offer(List.of(root, inner, one));
    assertThatThrownBy(() -> node.pin(root.cid(), PinMode.RECURSIVE, List.of()))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("1 of its blocks did not come")
        .hasMessageContaining(two.cid().toString());
    assertThat(node.pinned(root.cid())).isEmpty();
    assertThat(collected()).hasSize(3);
  }

  @Test
  void fetchesManyBlocksAtOnceButNotAllOfThem() {
    List<Block> leaves = IntStream.range(0, 5_000).mapToObj(i -> TestDag.raw("l" + i)).toList();
    Block wide = TestDag.shard("wide", leaves);
    exchange.offer(leaves);
    exchange.offer(List.of(wide));
    node.pin(wide.cid(), PinMode.RECURSIVE, List.of());
    assertThat(exchange.largestRequest).isEqualTo(4096);
    assertThat(node.repoStat().repoSize())
        .isEqualTo(wide.size() + leaves.stream().mapToLong(Block::size).sum());
  }

  @Test
  void aShardNodeKeepsDagPbBlocksWithoutWhatTheyLink() {
    Block shard = TestDag.shard("shard", List.of(root, one));
    node.put(List.of(root, one, two, shard));
    node.pin(shard.cid(), PinMode.RECURSIVE, List.of());
    assertThat(collected()).containsExactly(two.cid());
    assertThat(exchange.asked).isEmpty();
  }

  @Test
  void aBlockLinkedAsRawAndAsNodeIsFollowedAsNode() {
    Block both = TestDag.shard("both", List.of(inner));
    Block top = TestDag.node(both, inner);
    exchange.offer(List.of(two));
    node.put(List.of(both, inner, top));
    node.pin(top.cid(), PinMode.RECURSIVE, List.of());
    assertThat(collected()).isEmpty();
    assertThat(node.has(two.cid())).isTrue();
  }

  @Test
  void fetchesCorruptBlocksAgain() throws IOException {
    node.put(List.of(one, two, inner, root));
    Files.writeString(file(two), "owt");
    Files.writeString(file(inner), "torn");
    exchange.offer(List.of(two, inner));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    assertThat(exchange.asked).containsExactly(inner.cid(), two.cid());
    assertThat(node.verify(two.cid())).isTrue();
    assertThat(node.corruptBlocks()).isEqualTo(2);
  }

  @Test
  void connectsToOriginsFirstAndOnlyWhenNeeded() {
    Multiaddr origin = swarm.addresses().getFirst();
    Multiaddr broken = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
    node.put(List.of(one));
    node.pin(one.cid(), PinMode.RECURSIVE, List.of(origin));
    assertThat(swarm.dialled).isEmpty();
    exchange.offer(List.of(inner, two));
    node.pin(inner.cid(), PinMode.RECURSIVE, List.of(broken, origin));
    assertThat(swarm.dialled).containsExactly(origin);
  }

  @Test
  void anOfflineNodeSaysThatItIs() {
    node.close();
    try (EmbeddedIpfsNode offline =
        EmbeddedIpfsNode.offline(folder, EmbeddedIpfsSettings.defaults(), swarm)) {
      assertThatThrownBy(() -> offline.pin(one.cid(), PinMode.RECURSIVE, List.of()))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("the node is offline");
      assertThat(offline.get(one.cid(), Duration.ofSeconds(1))).isEmpty();
    }
  }

  @Test
  void interruptingEndsAPin() throws Exception {
    exchange.gate = new CountDownLatch(1);
    FutureTask<Throwable> outcome =
        new FutureTask<>(() -> {
          try {
            node.pin(root.cid(), PinMode.RECURSIVE, List.of());
            throw new AssertionError("the pin ended well");
          } catch (IpfsException e) {
            return e;
          }
        });
    Thread pinning = Thread.startVirtualThread(outcome);
    exchange.called.await();
    pinning.interrupt();
    assertThat(outcome.get(5, TimeUnit.SECONDS)).hasMessageContaining("was interrupted");
    assertThat(node.pinned(root.cid())).isEmpty();
  }

  @Test
  void refusesToPinBelowACodecItCannotRead() {
    Cid strange = Cid.v1(0x0129, one.cid().hash());
    node.put(List.of(one));
    assertThatThrownBy(() -> node.pin(strange, PinMode.RECURSIVE, List.of()))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("0x129");
    node.pin(strange, PinMode.DIRECT, List.of());
    assertThat(node.pinned(strange)).contains(PinMode.DIRECT);
  }

  @Test
  void refusesADagOfManyWideNodes() {
    List<Block> links = Collections.nCopies(50_000, one);
    Block[] wide =
        IntStream.range(0, 21)
            .mapToObj(i -> TestDag.shard("wide " + i, links))
            .toArray(Block[]::new);
    exchange.offer(List.of(wide));
    Block top = TestDag.node(wide);
    node.put(List.of(top, one));
    assertThatThrownBy(() -> node.pin(top.cid(), PinMode.RECURSIVE, List.of()))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("more than 1000000 links");
  }

  @Test
  void fetchesNodesFewAtATime() {
    Block[] nodes =
        IntStream.range(0, 200)
            .mapToObj(i -> TestDag.shard("n" + i, List.of(one)))
            .toArray(Block[]::new);
    Block top = TestDag.node(nodes);
    exchange.offer(List.of(nodes));
    exchange.offer(List.of(top, one));
    node.pin(top.cid(), PinMode.RECURSIVE, List.of());
    assertThat(exchange.largestRequest).isBetween(64, 66);
    assertThat(nodes).allMatch(block -> node.verify(block.cid()));
  }

  @Test
  void aStoreThatFailsFailsThePin() {
    node.close();
    try (EmbeddedIpfsNode small =
        EmbeddedIpfsNode.open(
            folder, EmbeddedIpfsSettings.defaults().withStorageMaxBytes(4), swarm, _ -> exchange)) {
      exchange.offer(List.of(one));
      small.pin(one.cid(), PinMode.RECURSIVE, List.of());
      exchange.offer(List.of(two));
      assertThatThrownBy(() -> small.pin(two.cid(), PinMode.RECURSIVE, List.of()))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("limit of 4 bytes");
      assertThat(small.pinned(two.cid())).isEmpty();
    }
    open();
  }

  @Test
  void aPinInProgressKeepsWhatItHasMet() throws Exception {
    node.put(List.of(one, two));
    Block top = TestDag.node(one, two, TestDag.raw("far"));
    node.put(List.of(top));
    exchange.gate = new CountDownLatch(1);
    exchange.offer(List.of(TestDag.raw("far")));
    FutureTask<Boolean> pinning =
        new FutureTask<>(() -> node.pin(top.cid(), PinMode.RECURSIVE, List.of()), true);
    Thread.startVirtualThread(pinning);
    exchange.called.await();
    assertThat(collected()).isEmpty();
    exchange.gate.countDown();
    pinning.get();
    assertThat(collected()).isEmpty();
    assertThat(exchange.asked).hasSize(1);
  }

  @Test
  void guardsKeepWhatIsPutEvenIfItWasThere() {
    node.put(List.of(one, two));
    try (AddGuard guard = node.guard()) {
      assertThat(guard).isNotNull();
      node.put(List.of(one));
      assertThat(collected()).containsExactly(two.cid());
      node.put(List.of(two));
      assertThat(collected()).isEmpty();
    }
    assertThat(collected()).hasSize(2);
  }

  @Test
  void whatIsPutDuringACollectionStays() {
    node.put(List.of(one));
    List<Cid> removed = new ArrayList<>();
    node.gc(cid -> {
      removed.add(cid);
      node.put(List.of(one, two));
    });
    assertThat(removed).containsExactly(one.cid());
    assertThat(node.has(one.cid())).isTrue();
    assertThat(node.has(two.cid())).isTrue();
    assertThat(collected()).hasSize(2);
  }

  @Test
  void aLostLeafDoesNotStopACollection() throws IOException {
    Block garbage = TestDag.raw("garbage");
    node.put(List.of(one, two, inner, root, garbage));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    Files.delete(file(two));
    assertThat(collected()).containsExactly(garbage.cid());
  }

  @Test
  void aLostNodeStopsACollectionBeforeItTakesWhatLiesBelow() throws IOException {
    Block garbage = TestDag.raw("garbage");
    node.put(List.of(one, two, inner, root, garbage));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    Files.writeString(file(inner), "torn");
    assertThatThrownBy(this::collected)
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("nothing was collected: 1 pinned nodes are lost")
        .hasMessageContaining(inner.cid().toString());
    assertThat(node.has(two.cid())).isTrue();
    exchange.offer(List.of(inner));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    assertThat(collected()).containsExactly(garbage.cid());
  }

  @Test
  void unpinnedBlocksAreCollected() {
    node.put(List.of(one, two, inner, root));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    node.pin(inner.cid(), PinMode.RECURSIVE, List.of());
    node.unpin(root.cid());
    node.unpin(root.cid());
    assertThat(collected()).containsExactlyInAnyOrder(root.cid().rawAlias(), one.cid());
  }

  @Test
  void refusesBytesThatAreNotTheirCids() {
    Block lie = new Block(one.cid(), two.data());
    assertThatThrownBy(() -> node.put(List.of(two, lie)))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining(one.cid().toString());
    assertThat(node.has(two.cid())).isFalse();
  }

  @Test
  void refusesBlocksThatNoPeerWouldTake() {
    Block large = TestDag.raw(new byte[Block.MAX_BYTES + 1]);
    assertThatThrownBy(() -> node.put(List.of(large)))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("2097153 bytes");
  }

  @Test
  void storesLargeBatchesInTwoHalves() {
    List<Block> blocks =
        IntStream.range(0, 9).mapToObj(i -> TestDag.raw(filled(300_000, i))).toList();
    node.put(blocks);
    assertThat(blocks).allMatch(block -> node.verify(block.cid()));
    Collection<Block> bad = new ArrayList<>(blocks);
    bad.add(new Block(one.cid(), filled(300_000, 77)));
    assertThatThrownBy(() -> node.put(bad)).isInstanceOf(IpfsException.class);
  }

  private static byte[] filled(int size, int value) {
    byte[] data = new byte[size];
    java.util.Arrays.fill(data, (byte) value);
    return data;
  }

  @Test
  void getsFromOthersWithoutStoring() {
    exchange.offer(List.of(one));
    assertThat(node.getLocal(one.cid())).isEmpty();
    assertThat(node.get(one.cid(), Duration.ofSeconds(1))).contains(one.data());
    assertThat(node.has(one.cid())).isFalse();
    assertThat(node.get(two.cid(), Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void identityBlocksAreAlwaysHere() {
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, new byte[] {7}));
    node.put(List.of(new Block(cid, new byte[] {7})));
    node.pin(cid, PinMode.RECURSIVE, List.of());
    assertThat(node.has(cid)).isTrue();
    assertThat(node.getLocal(cid)).contains(new byte[] {7});
    assertThat(collected()).isEmpty();
    assertThat(node.repoStat().repoSize()).isZero();
  }

  @Test
  void resolvesPathsThroughFolders() {
    Block lower = TestDag.folder(Map.of("file", one.cid()));
    Block upper = TestDag.folder(Map.of("lower", lower.cid()));
    node.put(List.of(upper));
    exchange.offer(List.of(lower));
    assertThat(node.resolve("/ipfs/" + upper.cid() + "/lower/file")).isEqualTo(one.cid());
    assertThat(node.resolve(upper.cid() + "/lower/")).isEqualTo(lower.cid());
    assertThatThrownBy(() -> node.resolve("/ipfs/" + upper.cid() + "/x"))
        .isInstanceOf(IpfsException.class);
    assertThatThrownBy(() -> node.resolve("/ipfs/nonsense")).isInstanceOf(IpfsException.class);
    assertThatThrownBy(() -> node.resolve("/ipns/name")).isInstanceOf(IpfsException.class);
  }

  @Test
  void tellsItsSizeAndTheMostItCouldBe() {
    node.put(List.of(one));
    assertThat(node.repoStat().repoSize()).isEqualTo(3);
    assertThat(node.repoStat().storageMax()).isGreaterThan(1L << 20);
    node.close();
    try (EmbeddedIpfsNode capped =
        EmbeddedIpfsNode.offline(
            folder, EmbeddedIpfsSettings.defaults().withStorageMaxBytes(1000), swarm)) {
      assertThat(capped.repoStat().storageMax()).isEqualTo(1000);
    }
    open();
  }

  @Test
  void showsItsHost() {
    assertThat(node.id().id()).isEqualTo(StubSwarm.ID);
    node.swarmConnect(swarm.addresses().getFirst());
    assertThat(node.swarmPeers()).containsExactly(StubSwarm.ID);
    assertThatThrownBy(() -> node.swarmConnect(Multiaddr.parse("/ip4/1.2.3.4/tcp/1")))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("nobody there");
  }

  @Test
  void closesItsExchange() {
    node.close();
    assertThat(exchange.closed).isTrue();
    open();
  }

  private List<PinnedCid> pins() {
    List<PinnedCid> found = new ArrayList<>();
    node.pins(found::add);
    return found;
  }
}
