package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DagWalkerTest {
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final DagWalker walker = new DagWalker(blocks);

  @Test
  void visitsEveryBlockOfAFileOnce() throws IOException {
    Cid root = add("size-1000", false);
    List<Cid> visited = new ArrayList<>();
    walker.forEachBlock(root, block -> visited.add(block.cid()));
    assertThat(visited).doesNotHaveDuplicates().startsWith(root);
    assertThat(visited).containsExactlyInAnyOrderElementsOf(new HashSet<>(blocks.put()));
  }

  private Cid add(String chunker, boolean raw) throws IOException {
    ImportOptions options =
        ImportOptions.DEFAULT.withChunking(Chunking.parse(chunker)).withRawLeaves(raw);
    return new FileImporter().add(KuboRoots.stream(500_000), options, blocks).root();
  }

  @Test
  void doesNotReadRawLeavesToListThem() throws IOException {
    Cid root = add("size-1000", true);
    List<Cid> visited = new ArrayList<>();
    walker.forEachCid(root, visited::add);
    assertThat(visited).hasSize(504);
    assertThat(blocks.asked()).hasSize(4).allMatch(cid -> cid.codec() == Multicodec.DAG_PB);
  }

  @Test
  void announcesWhatItWillReadOnceAndInOrder() throws IOException {
    Cid root = add("size-1000", true);
    RecordingPrefetcher prefetcher = new RecordingPrefetcher(blocks);
    new DagWalker(blocks, prefetcher).forEachBlock(root, block -> {});
    assertThat(prefetcher.expected()).doesNotHaveDuplicates().hasSize(503);
    assertThat(prefetcher.furthest()).isLessThanOrEqualTo(DagWalker.READ_AHEAD_BLOCKS + 3);
    assertThat(new HashSet<>(prefetcher.expected()))
        .isEqualTo(new HashSet<>(blocks.asked().subList(1, blocks.asked().size())));
  }

  @Test
  void followsDagCborAndIdentityCids() {
    Cid leaf = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, new byte[] {1}));
    byte[] inner = DagCbor.encode(Cbor.of(Map.of("x", Cbor.of(leaf))));
    Cid inline = Cid.v1(Multicodec.DAG_CBOR, Multihash.of(Multihash.IDENTITY, inner));
    Cid root = put(Cbor.of(List.of(Cbor.of(inline), Cbor.of(inline))));
    List<Cid> visited = new ArrayList<>();
    walker.forEachCid(root, visited::add);
    assertThat(visited).containsExactly(root, inline, leaf);
    assertThat(blocks.asked()).containsExactly(root);
  }

  private Cid put(Cbor value) {
    byte[] bytes = DagCbor.encode(value);
    Cid cid = Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes));
    blocks.put(new Block(cid, bytes));
    return cid;
  }

  /** 2^60 paths, 61 blocks. */
  @Test
  void visitsSharedChildrenOnce() {
    Cid part = put(Cbor.of(1));
    for (int i = 0; i < 60; i++) {
      part = put(Cbor.of(List.of(Cbor.of(part), Cbor.of(part))));
    }
    List<Cid> visited = new ArrayList<>();
    walker.forEachCid(part, visited::add);
    assertThat(visited).hasSize(61).doesNotHaveDuplicates();
  }

  @Test
  void goesDeeperThanAStackWould() {
    Cid part = put(Cbor.of(1));
    for (int i = 0; i < 20_000; i++) {
      part = put(Cbor.of(List.of(Cbor.of(part))));
    }
    List<Cid> visited = new ArrayList<>();
    walker.forEachCid(part, visited::add);
    assertThat(visited).hasSize(20_001);
  }

  @Test
  void saysWhichBlockIsMissing() throws IOException {
    Cid root = add("size-1000", true);
    Cid lost = BlockLinks.of(root, blocks.get(root)).getFirst();
    blocks.remove(lost);
    assertThatThrownBy(() -> walker.forEachCid(root, cid -> {}))
        .isInstanceOf(BlockNotFoundException.class)
        .hasMessageContaining(lost.toString());
  }

  @Test
  void refusesCodecsItCannotRead() {
    Cid git = Cid.v1(0x78, Multihash.of(Multihash.IDENTITY, new byte[] {1}));
    assertThatThrownBy(() -> walker.forEachCid(git, cid -> {}))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("codec 0x78");
  }
}
