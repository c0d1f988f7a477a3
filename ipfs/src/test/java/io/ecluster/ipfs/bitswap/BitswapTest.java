package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BitswapTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(5);

  private final FakeNetwork network = new FakeNetwork();
  private final List<BitswapNode> nodes = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    nodes.forEach(BitswapNode::close);
    network.close();
    threads.shutdownNow();
  }

  private List<BitswapNode> start(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      nodes.add(new BitswapNode(network, nodes.size() + 1));
    }
    network.connectAll();
    return nodes;
  }

  private static void assertAll(Map<Cid, byte[]> got, List<Block> blocks) {
    assertThat(got).hasSize(blocks.size());
    blocks.forEach(block -> assertThat(got.get(block.cid())).isEqualTo(block.data()));
  }

  @Test
  void aSmallAndALargeBlockAreFetched() throws IOException {
    start(2);
    for (int size : new int[] {0, 1, 1_024, 1_025, 300_000, Block.MAX_BYTES}) {
      Block block = MemoryBlocks.random(size, 1, size).getFirst();
      nodes.get(1).blocks.put(block);
      assertThat(nodes.get(0).fetch(block.cid())).hasValue(block.data());
    }
    assertThat(nodes.get(0).bitswap.hasHeardFrom(nodes.get(1).host.id())).isTrue();
  }

  @Test
  void aBlockNobodyHasIsGivenUpAndSaidSo() throws IOException {
    start(3);
    Block block = MemoryBlocks.random(1, 1, 100).getFirst();
    assertThat(nodes.get(0).bitswap.fetch(block.cid(), SHORT)).isEmpty();
    List<Cid> missing = new ArrayList<>();
    assertThat(nodes.get(0).fetch(List.of(block.cid()), SHORT, missing)).isEmpty();
    assertThat(missing).containsExactly(block.cid());
  }

  @Test
  void anIdentityHashIsItsOwnBlock() throws IOException {
    start(1);
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, new byte[] {7}));
    assertThat(nodes.getFirst().fetch(cid)).hasValue(new byte[] {7});
  }

  /** Kubo does not send it; nobody needs to. */
  @Test
  void aBlockWithoutBytesIsFetchedFromNobody() throws IOException {
    start(1);
    for (String name : List.of("sha2-256", "sha3-512", "blake3")) {
      HashFunction function = HashFunction.byName(name).orElseThrow();
      Cid cid = Cid.v1(Multicodec.RAW, function.hash(new byte[0]));
      assertThat(nodes.getFirst().fetch(cid)).hasValue(new byte[0]);
    }
    Cid unknown = Cid.v1(Multicodec.RAW, Multihash.of(0xd5, new byte[16]));
    assertThat(nodes.getFirst().bitswap.fetch(unknown, SHORT)).isEmpty();
  }

  @Test
  void aBlockIsGivenUnderEveryCidItWasAskedFor() throws IOException {
    start(2);
    Block block = MemoryBlocks.random(1, 1, 5_000).getFirst();
    nodes.get(1).blocks.put(block);
    List<Cid> names =
        List.of(block.cid(), Cid.v0(block.cid().hash()), Cid.v1(0x70, block.cid().hash()));
    Map<Cid, byte[]> got = nodes.get(0).fetch(names, BitswapNode.PATIENCE, new ArrayList<>());
    assertThat(got).containsOnlyKeys(names);
  }

  @Test
  void manyBlocksComeFromManyPeersEachOnce() throws IOException {
    start(6);
    List<Block> blocks = MemoryBlocks.random(5, 1_000, 20_000);
    for (int i = 0; i < blocks.size(); i++) {
      nodes.get(1 + i % 5).blocks.put(blocks.get(i));
      nodes.get(1 + (i + 1) % 5).blocks.put(blocks.get(i));
    }
    List<Cid> missing = new ArrayList<>();
    Map<Cid, byte[]> got =
        nodes.get(0).fetch(MemoryBlocks.cids(blocks), BitswapNode.PATIENCE, missing);
    assertAll(got, blocks);
    assertThat(missing).isEmpty();
    int reads = nodes.stream().mapToInt(n -> n.blocks.reads.get()).sum();
    assertThat(reads).isBetween(1_000, 1_050);
  }

  @Test
  void throughputIsInTheHundredsOfMegabytesOnAnIdleMachine() throws IOException {
    start(2);
    List<Block> blocks = MemoryBlocks.random(6, 512, 256 * 1024);
    nodes.get(1).blocks.put(blocks);
    long start = System.nanoTime();
    AtomicInteger count = new AtomicInteger();
    Collection<Cid> missing =
        nodes
            .get(0)
            .bitswap
            .fetch(
                MemoryBlocks.cids(blocks), BitswapNode.PATIENCE, (_, _) -> count.incrementAndGet());
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(missing).isEmpty();
    assertThat(count).hasValue(512);
    // Far below what is reached, so that only a want that waits for a timeout fails it.
    assertThat(128 / seconds).as("MiB/s").isGreaterThan(8);
  }

  @Test
  void aBlockStoredLaterReachesWhoWaits() throws Exception {
    start(2);
    Block block = MemoryBlocks.random(1, 1, 9_000).getFirst();
    Future<Optional<byte[]>> fetch = threads.submit(() -> nodes.get(0).fetch(block.cid()));
    Eventually.until("a want", () -> nodes.get(1).bitswap.hasHeardFrom(nodes.get(0).host.id()));
    nodes.get(1).store(List.of(block));
    assertThat(fetch.get()).hasValue(block.data());
  }

  @Test
  void aBlockIsFetchedFromAPeerThatConnectsLater() throws Exception {
    start(2);
    Block block = MemoryBlocks.random(1, 1, 9_000).getFirst();
    Future<Optional<byte[]>> fetch = threads.submit(() -> nodes.get(0).fetch(block.cid()));
    Eventually.until("a want", () -> nodes.get(1).bitswap.hasHeardFrom(nodes.get(0).host.id()));
    BitswapNode late = new BitswapNode(network, 3);
    nodes.add(late);
    late.blocks.put(block);
    late.host.connect(nodes.get(0).host.id(), nodes.get(0).host.addresses(), OPEN_TIMEOUT);
    assertThat(fetch.get()).hasValue(block.data());
  }

  @Test
  void aPeerThatDiesOrFreezesMidwayIsReplaced() throws IOException {
    start(4);
    List<Block> blocks = MemoryBlocks.random(7, 300, 50_000);
    nodes.subList(1, 4).forEach(n -> n.blocks.put(blocks));
    AtomicInteger count = new AtomicInteger();
    Collection<Cid> missing =
        nodes
            .get(0)
            .bitswap
            .fetch(
                MemoryBlocks.cids(blocks),
                BitswapNode.PATIENCE,
                (_, _) -> {
                  int arrived = count.incrementAndGet();
                  if (arrived == 50) {
                    nodes.get(1).close();
                  } else if (arrived == 100) {
                    network.freeze(nodes.get(2).host);
                  }
                });
    assertThat(missing).isEmpty();
    assertThat(count).hasValue(300);
  }

  @Test
  void manyThreadsThatWantTheSameBlockCauseOneTransfer() throws Exception {
    start(2);
    Block block = MemoryBlocks.random(1, 1, 200_000).getFirst();
    List<Future<Optional<byte[]>>> fetches = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      fetches.add(threads.submit(() -> nodes.get(0).fetch(block.cid())));
    }
    Eventually.until("a want", () -> nodes.get(1).bitswap.hasHeardFrom(nodes.get(0).host.id()));
    nodes.get(1).store(List.of(block));
    for (Future<Optional<byte[]>> fetch : fetches) {
      assertThat(fetch.get()).hasValue(block.data());
    }
    assertThat(nodes.get(1).blocks.reads.get()).isLessThanOrEqualTo(3);
  }

  @Test
  void manyFetchesAtOnceEachGetTheirOwn() throws Exception {
    start(3);
    List<Future<Map<Cid, byte[]>>> fetches = new ArrayList<>();
    List<Block> blocks = MemoryBlocks.random(8, 400, 3_000);
    nodes.get(1).blocks.put(blocks.subList(0, 250));
    nodes.get(2).blocks.put(blocks.subList(150, 400));
    for (int i = 0; i < 10; i++) {
      List<Block> mine = blocks.subList(i * 30, i * 30 + 100);
      fetches.add(
          threads.submit(() ->
              nodes
                  .get(0)
                  .fetch(MemoryBlocks.cids(mine), BitswapNode.PATIENCE, new ArrayList<>())));
    }
    for (int i = 0; i < 10; i++) {
      assertAll(fetches.get(i).get(), blocks.subList(i * 30, i * 30 + 100));
    }
  }

  @Test
  void aConsumerThatThrowsEndsItsFetchOnly() throws IOException {
    start(2);
    List<Block> blocks = MemoryBlocks.random(9, 20, 3_000);
    nodes.get(1).blocks.put(blocks);
    assertThatThrownBy(() ->
            nodes
                .get(0)
                .bitswap
                .fetch(
                    MemoryBlocks.cids(blocks),
                    SHORT,
                    (_, _) -> {
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    assertThat(nodes.get(0).fetch(blocks.getLast().cid())).isPresent();
  }

  /** A peer that claims to have everything and answers with what the test says. */
  private MemoryHost liar(byte[] answer) {
    MemoryHost liar = network.host(99);
    liar.handle(MessageWriter.BITSWAP_1_2, stream -> lie(liar, stream, answer));
    return liar;
  }

  private static void lie(MemoryHost liar, Stream stream, byte[] answer) throws IOException {
    Frames frames = new Frames(stream, () -> {});
    for (var length = frames.length(); length.isPresent(); length = frames.length()) {
      for (Want want : MessageReader.parse(frames.body(length.getAsInt())).wants()) {
        Message have = Message.reply(List.of(), List.of(new Presence(want.cid(), true)));
        if (!want.cancel()) {
          send(
              liar,
              stream,
              want.haveOnly() ? MessageWriter.frame(have, MessageWriter.BITSWAP_1_2) : answer);
        }
      }
    }
  }

  private static void send(MemoryHost from, Stream to, byte[] bytes) throws IOException {
    try (Stream reply =
        from.open(to.remotePeer(), List.of(MessageWriter.BITSWAP_1_2), OPEN_TIMEOUT)) {
      reply.output().write(bytes);
    }
  }

  private void assertFetchedDespiteALiar(byte[] answer) throws IOException {
    BitswapNode node = new BitswapNode(network, 1);
    nodes.add(node);
    MemoryHost liar = liar(answer);
    node.host.connect(liar.id(), liar.addresses(), OPEN_TIMEOUT);
    BitswapNode honest = new BitswapNode(network, 2);
    nodes.add(honest);
    Block block = MemoryBlocks.random(1, 1, 5_000).getFirst();
    honest.blocks.put(block);
    node.host.connect(honest.host.id(), honest.host.addresses(), OPEN_TIMEOUT);
    assertThat(node.fetch(block.cid())).hasValue(block.data());
    List<Block> more = MemoryBlocks.random(2, 50, 5_000);
    honest.blocks.put(more);
    List<Cid> missing = new ArrayList<>();
    assertAll(node.fetch(MemoryBlocks.cids(more), BitswapNode.PATIENCE, missing), more);
  }

  @Test
  void wrongBytesAreIgnoredAndTheBlockComesFromAnother() throws IOException {
    Block wrong = MemoryBlocks.random(66, 1, 5_000).getFirst();
    assertFetchedDespiteALiar(
        MessageWriter.frame(
            Message.reply(List.of(Payload.of(wrong.cid(), wrong.data())), List.of()),
            MessageWriter.BITSWAP_1_2));
  }

  @Test
  void anOversizedMessageHarmsNobodyElse() throws IOException {
    assertFetchedDespiteALiar(Varint.encode(1L << 30));
  }

  @Test
  void garbageHarmsNobodyElse() throws IOException {
    assertFetchedDespiteALiar(new byte[] {5, -1, -1, -1, -1, -1});
  }

  @Test
  void silenceHarmsNobodyElse() throws IOException {
    assertFetchedDespiteALiar(new byte[0]);
  }

  private MemoryHost stranger(BitswapNode node) throws IOException {
    MemoryHost stranger = network.host(77);
    stranger.connect(node.host.id(), node.host.addresses(), OPEN_TIMEOUT);
    return stranger;
  }

  private static Stream wants(MemoryHost from, BitswapNode to, List<Want> wants)
      throws IOException {
    Stream stream = from.open(to.host.id(), List.of(MessageWriter.BITSWAP_1_2), OPEN_TIMEOUT);
    stream.output().write(MessageWriter.frame(Message.wants(wants), MessageWriter.BITSWAP_1_2));
    return stream;
  }

  @Test
  void theServerAnswersAsItWasAsked() throws Exception {
    BitswapNode node = start(1).getFirst();
    MemoryHost stranger = stranger(node);
    List<Message> answers = Collections.synchronizedList(new ArrayList<>());
    stranger.handle(
        MessageWriter.BITSWAP_1_2,
        stream -> {
          Frames frames = new Frames(stream, () -> {});
          answers.add(MessageReader.parse(frames.body(frames.length().orElseThrow())));
        });
    Block small = MemoryBlocks.random(1, 1, 1_024).getFirst();
    Block large = MemoryBlocks.random(2, 1, 1_025).getFirst();
    Cid unknown = MemoryBlocks.random(3, 1, 10).getFirst().cid();
    Cid silent = MemoryBlocks.random(4, 1, 10).getFirst().cid();
    node.blocks.put(List.of(small, large));
    Stream stream =
        wants(
            stranger,
            node,
            List.of(
                Want.have(small.cid(), 4),
                Want.have(large.cid(), 3),
                Want.have(unknown, 2),
                new Want(silent, 1, false, true, false)));
    Eventually.until(
        answers::toString,
        () -> answers.stream().mapToInt(m -> m.presences().size() + m.blocks().size()).sum() >= 3);
    assertThat(answers.stream().flatMap(m -> m.presences().stream()))
        .containsExactlyInAnyOrder(new Presence(large.cid(), true), new Presence(unknown, false));
    assertThat(answers.stream().flatMap(m -> m.blocks().stream()).toList())
        .singleElement()
        .satisfies(b -> assertThat(b.data()).isEqualTo(small.data()));
    stream.close();
  }

  @Test
  void aReaderThatDoesNotReadIsDroppedAndOthersAreServed() throws Exception {
    BitswapNode node = start(2).getFirst();
    MemoryHost stranger = stranger(node);
    AtomicInteger streams = new AtomicInteger();
    stranger.handle(
        MessageWriter.BITSWAP_1_2,
        stream -> {
          streams.incrementAndGet();
          LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
        });
    List<Block> blocks = MemoryBlocks.random(1, 10, 1_000_000);
    node.blocks.put(blocks);
    wants(stranger, node, blocks.stream().map(b -> Want.block(b.cid(), 1)).toList());
    Eventually.until("an answer", () -> streams.get() == 1);
    assertThat(nodes.get(1).fetch(blocks.getFirst().cid())).isPresent();
    // The slow one has lost its answers; asked again, the server answers again.
    Block more = MemoryBlocks.random(2, 1, 2_000).getFirst();
    node.blocks.put(more);
    Eventually.until(
        "another answer",
        () -> {
          wantsAgain(stranger, node, more);
          return streams.get() > 1;
        });
  }

  private static void wantsAgain(MemoryHost stranger, BitswapNode node, Block block) {
    try {
      wants(stranger, node, List.of(Want.block(block.cid(), 1))).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void hostileInputIsCutOff() throws IOException {
    BitswapNode node = start(1).getFirst();
    MemoryHost stranger = stranger(node);
    List<byte[]> inputs = List.of(Varint.encode(1L << 40), new byte[] {3, 10, 100, 1}, noise());
    for (byte[] input : inputs) {
      Stream stream = stranger.open(node.host.id(), Bitswap.PROTOCOLS, OPEN_TIMEOUT);
      stream.output().write(input);
      stream.setReadTimeout(OPEN_TIMEOUT);
      assertThatThrownBy(() -> stream.input().read()).hasMessageContaining("reset");
    }
  }

  private static byte[] noise() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Varint.encode(300));
    out.writeBytes(MemoryBlocks.random(13, 1, 300).getFirst().data());
    return out.toByteArray();
  }
}
