package io.ecluster.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerBlocksTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestCluster cluster = TestCluster.of(2);
  private final TestPeer here = cluster.peer(0);
  private final TestPeer there = cluster.peer(1);

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void uploadedBlocksAreStoredWhenItSaysSo() {
    List<Block> blocks = randomBlocks(200, 100_000); // several batches
    upload(there.id(), blocks);
    assertThat(there.store.stored()).hasSize(200);
    assertThat(here.store.stored()).isEmpty();
  }

  @Test
  void uploadsToOneselfWork() {
    upload(here.id(), randomBlocks(20, 1000));
    assertThat(here.store.stored()).hasSize(20);
  }

  @Test
  void manyBlocksOfOneselfAreAskedForAsThoseOfOthersAre() {
    List<Block> blocks = randomBlocks(1000, 100);
    upload(here.id(), blocks);
    List<Cid> cids = new ArrayList<>(blocks.stream().map(Block::cid).toList());
    assertThat(here.blocks.missing(here.id(), cids)).isEmpty();
    assertThat(here.blocks.damaged(here.id(), cids)).isEmpty();
    assertThat(here.blocks.read(here.id(), cids)).hasSize(1000);
    List<Cid> others = randomBlocks(3, 101).stream().map(Block::cid).toList();
    cids.addFirst(others.get(0));
    cids.add(501, others.get(1));
    cids.addLast(others.get(2));
    assertThat(here.blocks.missing(here.id(), cids)).containsExactlyInAnyOrderElementsOf(others);
    assertThat(here.blocks.damaged(here.id(), cids)).containsExactlyInAnyOrderElementsOf(others);
    assertThat(here.blocks.missing(here.id(), List.of())).isEmpty();
  }

  @Test
  void uploadedBlocksAreKeptFromCollectionUntilTheirPinCanHaveCome() {
    upload(there.id(), randomBlocks(3, 1000));
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).hasSize(3);
    // and the loop of each peer that looks for expired pins
    Eventually.until("the guard waits", () -> cluster.time.sleepers() >= 3);
    cluster.time.advance(Duration.ofMinutes(2));
    Eventually.until("the guard is gone", () -> there.store.openGuards() == 0);
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).isEmpty();
  }

  @Test
  void blocksThatTheSenderLetsGoOfAreCollectedAtOnce() {
    List<Block> blocks = randomBlocks(3, 1000);
    Cid last = blocks.getLast().cid();
    upload(there.id(), blocks);
    there.blocks.letGo(there.id(), last); // it did not send them
    here.blocks.letGo(there.id(), blocks.getFirst().cid());
    assertThat(there.store.openGuards()).isEqualTo(1);
    here.blocks.letGo(there.id(), last);
    assertThat(there.store.openGuards()).isZero();
    here.blocks.letGo(there.id(), last);
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).isEmpty();
    cluster.time.advance(Duration.ofMinutes(2)); // its own limit finds nothing to close
    upload(there.id(), blocks);
    assertThat(there.store.openGuards()).isEqualTo(1);
  }

  /** Two uploads may end with one block; the first to end lets go of no block of the other. */
  @Test
  void lettingGoOfOneUploadKeepsAnotherWithTheSameEnd() {
    Block end = TestDag.raw("end");
    List<Block> first = with(randomBlocks(3, 1000), end);
    List<Block> second = with(randomBlocks(4, 900), end);
    try (Upload one = here.blocks.upload(there.id())) {
      one.send(first);
      Eventually.until("the first has a guard", () -> there.store.openGuards() == 1);
      upload(there.id(), second);
      one.finish();
    }
    here.blocks.letGo(there.id(), end.cid());
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).hasSize(8);
    here.blocks.letGo(there.id(), end.cid());
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).isEmpty();
  }

  private static List<Block> with(List<Block> blocks, Block end) {
    List<Block> all = new ArrayList<>(blocks);
    all.add(end);
    return all;
  }

  @Test
  void aLaneKeepsItsBlocksUntilItIsClosed() {
    UploadLane lane = UploadLane.start(here.blocks, there.id());
    lane.send(randomBlocks(3, 1000));
    lane.send(List.of());
    lane.send(randomBlocks(5, 800));
    lane.finish();
    assertThat(lane.failed()).isFalse();
    assertThat(lane.failureText()).isEmpty();
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).hasSize(8);
    lane.close();
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).isEmpty();
  }

  /** A Go peer would take all blocks of a stream for hashed as the first. */
  @Test
  void eachHashFunctionHasAStreamOfItsOwn() {
    List<Block> blocks = randomBlocks(6, 1000);
    List<Block> mixed = new ArrayList<>();
    List<String> functions = List.of("sha2-256", "blake3", "sha3-512");
    for (int i = 0; i < blocks.size(); i++) {
      byte[] data = blocks.get(i).data();
      HashFunction function = HashFunction.byName(functions.get(i % 3)).orElseThrow();
      mixed.add(new Block(Cid.v1(Multicodec.RAW, function.hash(data)), data));
    }
    UploadLane lane = UploadLane.start(here.blocks, there.id());
    lane.send(mixed);
    lane.finish();
    assertThat(lane.failureText()).isEmpty();
    assertThat(there.store.openGuards()).isEqualTo(3);
    there.store.gc(_ -> {});
    assertThat(mixed).allMatch(block -> there.store.has(block.cid()));
    lane.close();
    assertThat(there.store.openGuards()).isZero();
    there.store.gc(_ -> {});
    assertThat(there.store.stored()).isEmpty();
  }

  @Test
  void moreHashFunctionsThanAnyDagHasAreRefused() {
    UploadLane lane = UploadLane.start(here.blocks, there.id());
    byte[] data = {1};
    lane.send(
        HashFunction.names().stream()
            .limit(9)
            .map(name -> HashFunction.byName(name).orElseThrow().hash(data))
            .map(hash -> new Block(Cid.v1(Multicodec.RAW, hash), data))
            .toList());
    lane.finish();
    assertThat(lane.failureText()).contains("more than 8 hash functions");
    Eventually.until("no guard is left", () -> there.store.openGuards() == 0);
  }

  @Test
  void aLaneRemembersWhyItFailed() {
    there.store.storageMax(5000);
    UploadLane lane = UploadLane.start(here.blocks, there.id());
    for (int i = 0; i < 50; i++) {
      lane.send(randomBlocks(10, 1000)); // does not wait for a peer that takes nothing more
    }
    lane.finish();
    assertThat(lane.failed()).isTrue();
    assertThat(lane.failureText()).contains(there.id().toString(), "no space left");
    UploadLane.closeAll(List.of(lane));
    Eventually.until("no guard is left", () -> there.store.openGuards() == 0);
  }

  @Test
  void aLaneThatIsBrokenOffLeavesNoGuard() {
    UploadLane lane = UploadLane.start(here.blocks, there.id());
    lane.send(randomBlocks(3, 1000));
    Eventually.until("a guard is there", () -> there.store.openGuards() == 1);
    lane.close();
    Eventually.until("no guard is left", () -> there.store.openGuards() == 0);
  }

  @Test
  void whatCannotBeToldToAPeerIsLeftToItsOwnLimit() {
    List<Block> blocks = randomBlocks(3, 1000);
    upload(there.id(), blocks);
    there.close();
    here.blocks.letGo(there.id(), blocks.getLast().cid());
  }

  @Test
  void aFullDiskIsReportedToTheSender() {
    there.store.storageMax(5000);
    assertThatThrownBy(() -> upload(there.id(), randomBlocks(10, 1000)))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("no space left");
    Eventually.until("no guard is left", () -> there.store.openGuards() == 0);
  }

  @Test
  void bytesThatAreNotTheirCidsAreRefused() {
    Block one = TestDag.raw("one");
    Block lie = new Block(one.cid(), TestDag.raw("two").data());
    assertThatThrownBy(() -> upload(there.id(), List.of(lie)))
        .isInstanceOf(RpcException.class)
        .hasMessageContaining("do not match");
    assertThat(there.store.stored()).isEmpty();
  }

  @Test
  void anUploadThatIsBrokenOffEnds() {
    try (Upload upload = here.blocks.upload(there.id())) {
      upload.send(randomBlocks(3, 1000));
    }
    Eventually.until("no guard is left", () -> there.store.openGuards() == 0);
  }

  @Test
  void readsMoreBlocksThanAreAskedForAhead() {
    List<Block> blocks = randomBlocks(2000, 300);
    there.store.put(blocks);
    there.store.lose(blocks.get(7).cid());
    there.store.corrupt(blocks.get(1999).cid());
    List<Cid> cids = blocks.stream().map(Block::cid).toList();
    List<Cid> read = new ArrayList<>();
    assertThat(here.blocks.read(there.id(), cids, block -> read.add(block.cid())))
        .containsExactlyInAnyOrder(cids.get(7), cids.get(1999));
    assertThat(read).hasSize(1998).isSubsetOf(cids);
    assertThat(here.blocks.missing(there.id(), cids)).containsExactly(cids.get(7));
    assertThat(here.blocks.damaged(there.id(), cids))
        .containsExactlyInAnyOrder(cids.get(7), cids.get(1999));
  }

  @Test
  void readsTheEmptyBlockAndAnyAlias() {
    Block empty = TestDag.raw("");
    Block node = TestDag.node(empty);
    there.store.put(List.of(empty, node));
    Map<Cid, byte[]> read =
        here.blocks.read(there.id(), List.of(empty.cid(), node.cid().rawAlias()));
    assertThat(read).containsOnlyKeys(empty.cid(), node.cid().rawAlias());
  }

  @Test
  void readsNothingFromAPeerThatIsGone() {
    there.close();
    assertThatThrownBy(() -> here.blocks.read(there.id(), List.of(TestDag.raw("a").cid())))
        .isInstanceOf(RpcException.class);
  }

  @Test
  void aHolderSaysThatItPinnedAsSoonAsItHas() throws Exception {
    Block block = TestDag.raw("a");
    Pin pin = Pin.of(block.cid(), PinOptions.NONE.withReplication(-1, -1));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> word =
          threads.submit(() -> here.blocks.awaitPinned(there.id(), List.of(block.cid()), SOON));
      there.store.put(List.of(block));
      here.cluster.pin(pin);
      assertThat(word.get()).isTrue();
    }
  }

  @Test
  void aHolderSaysThatItCannotPin() {
    Cid nowhere = TestDag.raw("nowhere").cid();
    here.cluster.pin(Pin.of(nowhere, PinOptions.NONE.withReplication(-1, -1)));
    assertThat(here.blocks.awaitPinned(there.id(), List.of(nowhere), SOON)).isFalse();
  }

  @Test
  void aHolderThatIsGoneHoldsNothing() {
    there.close();
    Cid cid = TestDag.raw("a").cid();
    assertThat(here.blocks.awaitPinned(there.id(), List.of(cid), SOON)).isFalse();
    assertThat(here.blocks.awaitKnown(there.id(), cid, SOON)).isFalse();
  }

  @Test
  void thePeerKnowsAPinOnceItHasArrived() {
    there.consensus.cut(true);
    Pin pin = here.cluster.pin(Pin.of(TestDag.raw("a").cid(), PinOptions.NONE));
    assertThat(here.blocks.awaitKnown(there.id(), pin.cid(), Duration.ofMillis(10))).isFalse();
    there.consensus.cut(false);
    assertThat(here.blocks.awaitKnown(there.id(), pin.cid(), SOON)).isTrue();
  }

  @Test
  void asksWhatAPeerIsAdding() {
    there.adding.add("00ff");
    assertThat(here.blocks.addsInProgress(there.id())).contains(Set.of("00ff"));
  }

  /** A Go peer has no service of ours: its status is asked for until it is what is wanted. */
  @Test
  void aGoPeerIsAskedAgainAndAgain() throws Exception {
    try (MemoryHost host = cluster.network.host(99);
        Gorpc go = new Gorpc(host, () -> _ -> true)) {
      here.host.connect(host.id(), host.addresses(), SOON);
      AtomicInteger asked = new AtomicInteger();
      Cid cid = TestDag.raw("a").cid();
      go.serve(
          RpcMethods.TRACKER_STATUS,
          (_, c) ->
              status(
                  host.id(),
                  c,
                  asked.incrementAndGet() < 4 ? TrackerStatus.PINNING : TrackerStatus.PINNED));
      PeerBlocks impatient = new PeerBlocks(here.rpc, _ -> {});
      assertThat(impatient.awaitPinned(host.id(), List.of(cid), SOON)).isTrue();
      assertThat(asked).hasValue(4);
      assertThat(impatient.addsInProgress(host.id())).isEmpty();
      impatient.letGo(host.id(), cid); // does not know how; no error
    }
  }

  @Test
  void aGoPeerThatFailsToPinIsNotAskedForEver() throws Exception {
    try (MemoryHost host = cluster.network.host(99);
        Gorpc go = new Gorpc(host, () -> _ -> true)) {
      here.host.connect(host.id(), host.addresses(), SOON);
      Cid cid = TestDag.raw("a").cid();
      go.serve(
          RpcMethods.TRACKER_STATUS,
          (_, c) ->
              status(
                  host.id(), c, c.equals(cid) ? TrackerStatus.PIN_ERROR : TrackerStatus.PINNING));
      PeerBlocks impatient = new PeerBlocks(here.rpc, _ -> {});
      assertThat(impatient.awaitPinned(host.id(), List.of(cid), SOON)).isFalse();
      assertThat(impatient.awaitPinned(host.id(), List.of(TestDag.raw("b").cid()), SOON)).isFalse();
    }
  }

  @Test
  void refusesToWaitForTooMany() {
    List<Cid> many = IntStream.range(0, 10_001).mapToObj(_ -> TestDag.raw("a").cid()).toList();
    assertThatThrownBy(() -> new AwaitRequest(many, SOON))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new AwaitRequest(List.of(), Duration.ofDays(1)).timeout())
        .isEqualTo(AwaitRequest.MAX_TIMEOUT);
  }

  private void upload(PeerId to, List<Block> blocks) {
    try (Upload upload = here.blocks.upload(to)) {
      upload.send(blocks);
      upload.finish();
    }
  }

  private static List<Block> randomBlocks(int count, int bytes) {
    Random random = new Random(5);
    byte[] data = new byte[bytes];
    return IntStream.range(0, count)
        .mapToObj(_ -> {
          random.nextBytes(data);
          return TestDag.raw(Arrays.copyOf(data, bytes));
        })
        .toList();
  }

  private PinInfo status(PeerId peer, Cid cid, TrackerStatus status) {
    return new PinInfo(
        cid,
        "",
        peer,
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        "go",
        Optional.empty(),
        List.of(),
        status,
        cluster.time.instant(),
        "",
        0,
        false);
  }
}
