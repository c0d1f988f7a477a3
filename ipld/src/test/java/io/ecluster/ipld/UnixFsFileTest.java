package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnixFsFileTest {
  private static final int BYTES = 400_000;

  private final MemoryBlocks blocks = new MemoryBlocks();

  static LongStream seeds() {
    return Seeds.few();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsAnyRangeFromOnlyTheBlocksThatHoldIt(long seed) throws IOException {
    Random random = new Random(seed);
    UnixFsFile file = open(add(randomOptions(random), BYTES));
    for (int i = 0; i < 20; i++) {
      int from = random.nextInt(BYTES + 1);
      int to = from + random.nextInt(i % 2 == 0 ? 500 : BYTES + 10 - from);
      int before = blocks.asked().size();
      assertThat(read(file, from, to))
          .isEqualTo(Arrays.copyOfRange(KuboRoots.data(BYTES), from, Math.min(to, BYTES)));
      if (i % 2 == 0) {
        assertThat(blocks.asked().size() - before).isLessThan(20);
      }
    }
  }

  private static ImportOptions randomOptions(Random random) {
    return new ImportOptions(
        Chunking.parse("size-" + (500 + random.nextInt(2000))),
        random.nextBoolean() ? DagLayout.BALANCED : DagLayout.TRICKLE,
        random.nextBoolean(),
        random.nextInt(2),
        HashFunction.SHA2_256);
  }

  private Cid add(ImportOptions options, int bytes) throws IOException {
    return new FileImporter().add(KuboRoots.stream(bytes), options, blocks).root();
  }

  private UnixFsFile open(Cid cid) {
    return (UnixFsFile) UnixFsNode.open(cid, blocks);
  }

  private static byte[] read(UnixFsFile file, long from, long to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    file.writeTo(out, from, to, Prefetcher.NONE);
    return out.toByteArray();
  }

  @Test
  void asksForNothingWhenTheRangeIsEmpty() throws IOException {
    UnixFsFile file = open(add(ImportOptions.DEFAULT, BYTES));
    int before = blocks.asked().size();
    assertThat(read(file, BYTES, BYTES + 10)).isEmpty();
    assertThat(read(file, 7, 7)).isEmpty();
    assertThat(blocks.asked()).hasSize(before);
    assertThatThrownBy(() -> read(file, -1, 7)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(file, 8, 7)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void announcesEveryBlockBeforeItAsksAndNotTooFarAhead() throws IOException {
    ImportOptions options =
        ImportOptions.DEFAULT.withRawLeaves(true).withChunking(Chunking.parse("size-32768"));
    int bytes = 174 * 32768 * 3;
    Cid root = new FileImporter().add(new RepeatingStream(bytes), options, blocks).root();
    RecordingPrefetcher prefetcher = new RecordingPrefetcher(blocks);
    CountingOutput out = new CountingOutput();
    UnixFsFile file = open(root);
    int opened = blocks.asked().size();
    file.writeTo(out, 0, bytes, prefetcher);

    assertThat(out.count()).isEqualTo(bytes);
    List<Cid> asked = blocks.asked().subList(opened, blocks.asked().size());
    assertThat(asked).hasSize(174 * 3 + 3);
    assertThat(new HashSet<>(prefetcher.expected())).containsAll(asked.subList(1, asked.size()));
    assertThat(prefetcher.furthest()).isBetween(100, FileReader.READ_AHEAD_BLOCKS + 2);
  }

  @Test
  void sendsWhatItHasBeforeALostBlock() throws IOException {
    ImportOptions options = ImportOptions.DEFAULT.withRawLeaves(true);
    Cid root = add(options, 1_000_000);
    Cid lost = BlockLinks.of(root, blocks.get(root)).get(2);
    blocks.remove(lost);
    CountingOutput out = new CountingOutput();
    UnixFsFile file = open(root);
    assertThatThrownBy(() -> file.writeTo(out))
        .isInstanceOfSatisfying(
            BlockNotFoundException.class, e -> assertThat(e.cid()).isEqualTo(lost));
    assertThat(out.count()).isEqualTo(2 * 262_144);
  }

  @Test
  void readsIdentityCidsWithoutASource() throws IOException {
    Cid raw = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, new byte[] {1, 2, 3}));
    assertThat(read(open(raw), 0, 10)).containsExactly(1, 2, 3);
    Cid parent = put(UnixFs.fileOf(List.of(3L, 3L)), raw, raw);
    int before = blocks.asked().size();
    RecordingPrefetcher prefetcher = new RecordingPrefetcher(blocks);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    open(parent).writeTo(out, 1, 5, prefetcher);
    assertThat(out.toByteArray()).containsExactly(2, 3, 1, 2);
    assertThat(blocks.asked()).hasSize(before + 1);
  }

  @Test
  void readsBytesOfANodeBeforeThoseBelowIt() throws IOException {
    Cid leaf = put(UnixFs.leaf(new byte[] {4, 5}, UnixFs.Type.RAW));
    UnixFs message =
        new UnixFs(UnixFs.Type.FILE, new byte[] {1, 2, 3}, 5L, List.of(2L), null, null);
    UnixFsFile file = open(put(message, leaf));
    assertThat(file.size()).isEqualTo(5);
    assertThat(read(file, 0, 5)).containsExactly(1, 2, 3, 4, 5);
    assertThat(read(file, 2, 4)).containsExactly(3, 4);
    assertThat(read(file, 4, 5)).containsExactly(5);
  }

  private Cid put(UnixFs message, Cid... children) {
    List<PbLink> links = new ArrayList<>();
    for (Cid child : children) {
      links.add(new PbLink(child, "", 1));
    }
    byte[] bytes = DagPb.encode(new PbNode(links, message.encode()));
    Cid cid = Cid.v1(Multicodec.DAG_PB, HashFunction.SHA2_256.hash(bytes));
    blocks.put(new Block(cid, bytes));
    return cid;
  }

  @Test
  void refusesAChildThatIsNotWhatItsParentSays() {
    Cid leaf = put(UnixFs.leaf(new byte[] {4, 5}, UnixFs.Type.FILE));
    for (long claim : new long[] {1, 3, Block.MAX_BYTES + 1L}) {
      UnixFsFile file = open(put(UnixFs.fileOf(List.of(claim)), leaf));
      assertThatThrownBy(() -> read(file, 0, 10))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("holds 2 bytes of file, not " + claim);
    }
  }

  @Test
  void refusesAChildThatIsNoFile() {
    UnixFsFile file = open(put(UnixFs.fileOf(List.of(1L)), put(UnixFs.directory())));
    assertThatThrownBy(() -> read(file, 0, 1)).hasMessageContaining("is not a file");
    Cid cbor = Cid.v1(Multicodec.DAG_CBOR, Multihash.of(0, DagCbor.encode(Cbor.of(1))));
    assertThatThrownBy(() -> open(cbor)).hasMessageContaining("is not a UnixFS node");
  }

  @Test
  void refusesLinksWithoutSizes() {
    Cid leaf = put(UnixFs.leaf(new byte[] {4}, UnixFs.Type.FILE));
    Cid bad = put(UnixFs.fileOf(List.of(1L, 1L)), leaf);
    assertThatThrownBy(() -> open(bad)).hasMessageContaining("has 1 links and the sizes of 2");
  }

  /** 2^40 visits, did it follow parts that hold nothing. */
  @Test
  void doesNotFollowPartsWithoutBytes() throws IOException {
    Cid empty = put(UnixFs.leaf(new byte[0], UnixFs.Type.FILE));
    for (int i = 0; i < 40; i++) {
      empty = put(UnixFs.fileOf(List.of(0L, 0L)), empty, empty);
    }
    assertThat(read(open(empty), 0, 10)).isEmpty();
  }

  /** 2^40 bytes from 41 small blocks: allowed, but read only as far as somebody takes them. */
  @Test
  void readsARangeOfAFileThatRepeatsItself() throws IOException {
    Cid part = put(UnixFs.leaf(new byte[] {1, 2}, UnixFs.Type.FILE));
    for (int i = 0; i < 40; i++) {
      part = put(UnixFs.fileOf(List.of(2L << i, 2L << i)), part, part);
    }
    UnixFsFile file = open(part);
    assertThat(file.size()).isEqualTo(1L << 41);
    assertThat(read(file, (1L << 40) + 1, (1L << 40) + 4)).containsExactly(2, 1, 2);
  }

  @Test
  void refusesEndlessNesting() {
    Cid part = put(UnixFs.leaf(new byte[] {1}, UnixFs.Type.FILE));
    for (int i = 0; i < 100; i++) {
      part = put(UnixFs.fileOf(List.of(1L)), part);
    }
    UnixFsFile file = open(part);
    assertThatThrownBy(() -> read(file, 0, 1)).hasMessageContaining("nested deeper");
  }
}
