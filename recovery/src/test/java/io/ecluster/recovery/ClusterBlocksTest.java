package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.ErasureException;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.DagLayout;
import io.ecluster.ipld.DirectoryBuilder;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import io.ecluster.recovery.CodedCluster.CodedFile;
import io.ecluster.recovery.CodedCluster.Dag;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterBlocksTest {
  private static final int ONE_GROUP = 500_000;
  private static final int TWO_GROUPS = 1_500_000;
  private static final ImportOptions OPTIONS =
      ImportOptions.DEFAULT.withRawLeaves(true).withChunking(Chunking.parse("size-16384"));

  @TempDir Path folder;

  /** DAGs of all shapes. */
  enum Shape {
    FILE(sink -> file(400_000, 1, OPTIONS, sink)),
    WRAPPED_LEAVES(sink -> file(400_000, 2, OPTIONS.withRawLeaves(false), sink)),
    TRICKLE(sink ->
        file(
            400_000,
            3,
            new ImportOptions(
                OPTIONS.chunking(), DagLayout.TRICKLE, true, 1, HashFunction.SHA2_256),
            sink)),
    SHA2_512(sink ->
        file(
            400_000,
            4,
            new ImportOptions(
                OPTIONS.chunking(), DagLayout.BALANCED, true, 1, HashFunction.SHA2_512),
            sink)),
    FOLDER(sink -> folder(5, 60_000, sink)),
    SHARDED_FOLDER(sink -> folder(5_000, 20, sink));

    private final Dag dag;

    Shape(Dag dag) {
      this.dag = dag;
    }
  }

  private static Imported file(
      int size, long seed, ImportOptions options, io.ecluster.ipld.BlockSink sink)
      throws IOException {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return new FileImporter().add(new ByteArrayInputStream(bytes), options, sink);
  }

  private static Imported folder(int files, int size, io.ecluster.ipld.BlockSink sink)
      throws IOException {
    DirectoryBuilder builder = new DirectoryBuilder();
    for (int i = 0; i < files; i++) {
      builder.add(
          "folder/a file with a name that takes some bytes, number " + i,
          file(size, 100 + i, OPTIONS, sink));
    }
    List<DirectoryBuilder.Directory> folders = builder.finish(OPTIONS, sink);
    return folders.getLast().imported();
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyBlockIsHadByItsCidWithTwoHoldersDead(Shape shape) {
    List<Block> blocks = Collections.synchronizedList(new ArrayList<>());
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader = new IndexedPeer(c, c.peer(6), folder)) {
      CodedFile dag =
          c.addDag(sink ->
              shape.dag.make(block -> {
                blocks.add(block);
                sink.put(block);
              }));
      reader.awaitIndexed(dag.root());
      c.kill(c.peer(0));
      c.kill(c.peer(3));
      AtOnce.map(
          blocks,
          block ->
              assertThat(reader.blocks.get(block.cid()).orElseThrow())
                  .as("block %s", block.cid())
                  .isEqualTo(block.data()));
      assertThat(reader.rebuilt).isNotEmpty();
    }
  }

  @Test
  void aFileInsideACodedFolderIsReadByItsOwnCid() throws IOException {
    List<Imported> files = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader = new IndexedPeer(c, c.peer(6), folder)) {
      CodedFile dag =
          c.addDag(sink -> {
            DirectoryBuilder builder = new DirectoryBuilder();
            for (int i = 0; i < 3; i++) {
              byte[] bytes = new byte[300_000];
              new SplittableRandom(i).nextBytes(bytes);
              contents.add(bytes);
              files.add(new FileImporter().add(new ByteArrayInputStream(bytes), OPTIONS, sink));
              builder.add("f" + i, files.getLast());
            }
            return builder.finish(OPTIONS, sink).getLast().imported();
          });
      reader.awaitIndexed(dag.root());
      c.kill(c.peer(1));
      c.kill(c.peer(2));
      for (int i = 0; i < 3; i++) {
        assertThat(read(reader, files.get(i).root())).isEqualTo(contents.get(i));
      }
    }
  }

  private static byte[] read(IndexedPeer reader, Cid cid) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Content content = new CodedReader(reader.blocks).open(cid)) {
      content.writeTo(out, 0, content.fileSize().orElseThrow());
    }
    return out.toByteArray();
  }

  @Test
  void aFolderOfCodedFilesThatIsNotCodedItselfIsRead() throws IOException {
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader = new IndexedPeer(c, c.peer(6), folder)) {
      CodedFile file = c.add(ONE_GROUP);
      reader.awaitIndexed(file.root());
      Block above = io.ecluster.ipfs.TestDag.folder(java.util.Map.of("coded", file.root()));
      c.peer(5).store.put(List.of(above));
      c.kill(c.peer(0));
      try (Reading reading = reader.blocks.read(above.cid())) {
        assertThat(reading.get(above.cid())).isEqualTo(above.data());
        reading.expect(List.of(file.root()));
        assertThat(file.root().hash().matches(reading.get(file.root()))).isTrue();
        for (CodedBlock leaf : file.groups().getFirst().stripes().getFirst().cell(0)) {
          assertThat(leaf.matches(reading.get(leaf.rawCid()))).isTrue();
        }
      }
    }
  }

  @Test
  void identityCidsCarryTheirBytes() {
    try (CodedCluster c = new CodedCluster(1);
        IndexedPeer reader = new IndexedPeer(c, c.peer(0), folder)) {
      Cid cid = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, new byte[] {4, 2}));
      assertThat(reader.blocks.get(cid)).hasValue(new byte[] {4, 2});
    }
  }

  @Test
  void anUnknownCidCausesNoCallsInTheCluster() {
    AtomicInteger calls = new AtomicInteger();
    try (CodedCluster c = new CodedCluster(7)) {
      HookedRpc rpc = new HookedRpc(c.peer(6).rpc, (_, _) -> calls.incrementAndGet());
      try (IndexedPeer reader =
          new IndexedPeer(c, c.peer(6), rpc, folder, CodedIndex.STANDARD_MAX_ENTRIES, 1 << 20)) {
        reader.awaitIndexed(c.add(ONE_GROUP).root());
        int before = calls.get();
        for (int i = 0; i < 100; i++) {
          Cid cid = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(new byte[] {1, (byte) i}));
          assertThat(reader.blocks.get(cid)).isEmpty();
          assertThat(reader.blocks.coded(cid)).isEmpty();
        }
        assertThat(calls).hasValue(before);
      }
    }
  }

  @Test
  void aBlockThatManyWantIsRebuiltOnce() {
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader = new IndexedPeer(c, c.peer(6), folder)) {
      CodedFile file = c.add(ONE_GROUP);
      reader.awaitIndexed(file.root());
      c.kill(c.peer(0));
      CodedBlock lost = file.groups().getFirst().stripes().getFirst().cell(0).getFirst();
      List<Integer> readers = IntStream.range(0, 24).boxed().toList();
      AtOnce.map(
          readers,
          number -> {
            if (number % 2 == 0) {
              return assertThat(lost.matches(reader.blocks.get(lost.rawCid()).orElseThrow()))
                  .isTrue();
            }
            try (Reading reading = reader.blocks.read(file.root())) {
              return assertThat(lost.matches(reading.get(lost.rawCid()))).isTrue();
            }
          });
      assertThat(reader.rebuilt).containsExactly(0);
    }
  }

  @Test
  void whatIsKeptOfRebuiltBlocksIsBounded() {
    long bound = 100_000;
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader =
            new IndexedPeer(
                c, c.peer(6), c.peer(6).rpc, folder, CodedIndex.STANDARD_MAX_ENTRIES, bound)) {
      CodedFile file = c.add(TWO_GROUPS);
      reader.awaitIndexed(file.root());
      c.kill(c.peer(0));
      file.groups()
          .forEach(group ->
              group.stripes().stream()
                  .flatMap(stripe -> stripe.cell(0).stream())
                  .forEach(block -> {
                    assertThat(reader.blocks.get(block.rawCid())).isPresent();
                    assertThat(reader.blocks.cachedBytes()).isBetween(1L, bound);
                  }));
      assertThat(reader.rebuilt).hasSizeGreaterThan((int) (bound / 16_384));
    }
  }

  @Test
  void withThreeHoldersDeadItSaysHowManyAreNeeded() {
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader = new IndexedPeer(c, c.peer(6), folder)) {
      CodedFile file = c.add(ONE_GROUP);
      reader.awaitIndexed(file.root());
      List.of(0, 1, 4).forEach(dead -> c.kill(c.peer(dead)));
      CodedBlock lost = file.groups().getFirst().stripes().getFirst().cell(0).getFirst();
      assertThatThrownBy(() -> reader.blocks.get(lost.rawCid()))
          .isInstanceOf(ErasureException.class)
          .hasMessageContaining("4 are needed");
    }
  }

  @Test
  void aBlockThatIsStoredHereIsReadThoughItsCodingIsLost() {
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer reader = new IndexedPeer(c, c.peer(6), folder)) {
      CodedFile file = c.add(ONE_GROUP);
      reader.awaitIndexed(file.root());
      Cid lost = file.groups().getFirst().stripes().getFirst().cell(0).getFirst().rawCid();
      byte[] bytes = c.peer(0).store.getLocal(lost).orElseThrow();
      c.peer(6).store.put(List.of(new Block(lost, bytes)));
      List.of(0, 1, 4).forEach(dead -> c.kill(c.peer(dead)));
      try (Reading reading = reader.blocks.read(file.root())) {
        assertThat(reading.get(lost)).isEqualTo(bytes);
      }
      assertThat(reader.blocks.get(lost)).hasValue(bytes);
    }
  }

  @Test
  void theRootOfACodingIsKnownBeforeItsBlocksAre() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      ClusterBlocks blocks = new ClusterBlocks(c.readingParts(c.peer(6), (_, _) -> {}), 1 << 20);
      assertThat(blocks.get(file.root())).isPresent();
      Cid leaf = file.groups().getFirst().stripes().getFirst().cell(0).getFirst().rawCid();
      c.cluster.peers.forEach(peer -> peer.store.online(false));
      assertThat(blocks.get(leaf)).isEmpty();
      try (Reading reading = blocks.read(leaf)) {
        assertThatThrownBy(() -> reading.get(leaf)).isInstanceOf(BlockNotFoundException.class);
      }
    }
  }

  /** Under load a holder that lives may answer late once. */
  @Test
  void aHolderThatAnsweredLateIsAskedAgainSoon() {
    try (CodedCluster c = new CodedCluster(7);
        HolderLinks links = new HolderLinks(c.peer(6).rpc, c.peers(c.peer(6)), c.peer(6).ipfs)) {
      links.markGone(c.peer(0).id());
      assertThat(links.isGone(c.peer(0).id())).isTrue();
      long start = System.nanoTime();
      io.ecluster.libp2p.Eventually.until("it is asked again", () -> !links.isGone(c.peer(0).id()));
      assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L); // a dead one: 15 s
    }
  }

  @Test
  void aHolderThatComesBackIsAskedAgain() throws InterruptedException {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid block = file.groups().getFirst().stripes().getFirst().cell(0).getFirst().rawCid();
      try (HolderLinks links =
          new HolderLinks(
              c.peer(6).rpc,
              c.peers(c.peer(6)),
              c.peer(6).ipfs,
              HolderLinks.PATIENCE,
              java.time.Duration.ZERO)) {
        links.markGone(c.peer(0).id());
        assertThat(links.read(c.peer(0).id(), block)).isEmpty();
        io.ecluster.libp2p.Eventually.until(
            "it is asked again", () -> !links.isGone(c.peer(0).id()));
        assertThat(links.read(c.peer(0).id(), block)).isPresent();
      }
    }
  }
}
