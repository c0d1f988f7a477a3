package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ManifestTest {
  private static final CodeParameters PARAMETERS = new CodeParameters(3, 2, 100, 250);
  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void manifestReadsBack() {
    CodedStore store = store(50);
    Manifest manifest = manifest(store);
    List<Block> blocks = ManifestWriter.write(manifest);
    assertThat(blocks).hasSize(1);
    ManifestReader reader = new ManifestReader(store.nodes(blocks));
    Manifest back = reader.read(blocks.getLast().cid());
    assertThat(back).isEqualTo(manifest);
    for (int i = 0; i < back.groups().size(); i++) {
      assertThat(reader.group(back, i)).isEqualTo(store.groups().get(i));
    }
  }

  @Test
  void manifestOfNothingReadsBack() {
    Cid root = TestBlocks.raw(random, 1).cid();
    Manifest none = new Manifest(CodingId.random(random), root, 0, PARAMETERS, List.of());
    List<Block> blocks = ManifestWriter.write(none);
    assertThat(new ManifestReader(TestBlocks.source(blocks)).read(blocks.getLast().cid()))
        .isEqualTo(none);
  }

  @Test
  void largeManifestIsATreeOfPages() {
    Manifest manifest = manyGroups(5000);
    List<Block> blocks = ManifestWriter.write(manifest);
    assertThat(blocks).hasSizeGreaterThan(2);
    assertThat(blocks).allMatch(block -> block.size() <= 512 * 1024);
    ManifestReader reader = new ManifestReader(TestBlocks.source(blocks));
    assertThat(reader.read(blocks.getLast().cid())).isEqualTo(manifest);
    assertThat(links(blocks.getLast()))
        .isEqualTo(
            blocks.subList(0, blocks.size() - 1).stream().map(b -> b.cid().rawAlias()).toList());
    blocks.subList(0, blocks.size() - 1).forEach(page -> assertThat(links(page)).isEmpty());
  }

  @Test
  void nothingButShardsLinksAnything() {
    CodedStore store = store(50);
    assertThat(links(ManifestWriter.write(manifest(store)).getLast())).isEmpty();
    GroupNode group = store.groups().getFirst();
    assertThat(links(group.toBlock())).isEmpty();
    for (ShardNode shard : store.shards(0)) {
      List<Cid> expected = new ArrayList<>(shard.links());
      shard.groupNode().ifPresent(expected::add);
      assertThat(links(shard.toBlock())).hasSameElementsAs(expected);
      assertThat(links(shard.toBlock())).allMatch(cid -> cid.codec() == Multicodec.RAW);
    }
  }

  @Test
  void shardNodesFollowFromTheGroupNode() {
    CodedStore store = store(50);
    GroupNode group = GroupNode.fromBytes(store.groups().getFirst().toBlock().data());
    assertThat(ShardNode.allOf(group)).isEqualTo(store.shards(0));
    for (ShardNode shard : store.shards(0)) {
      assertThat(ShardNode.fromBytes(shard.toBlock().data())).isEqualTo(shard);
      assertThat(ShardNode.of(group, shard.column())).isEqualTo(shard);
      assertThat(shard.links())
          .hasSameElementsAs(
              store.column(0, shard.column()).keySet().stream().map(h -> Cid.v1(0x55, h)).toList());
    }
  }

  @Test
  void lastDataColumnAndParityKeepTheGroupNode() {
    CodedStore store = TestBlocks.code(PARAMETERS, TestBlocks.raws(random, 90, 90));
    Optional<Cid> kept = Optional.of(store.groups().getFirst().toBlock().cid().rawAlias());
    assertThat(store.shards(0)).extracting(ShardNode::column).containsExactly(0, 1, 3, 4);
    assertThat(store.shards(0))
        .extracting(ShardNode::groupNode)
        .containsExactly(Optional.empty(), kept, kept, kept);
  }

  @Test
  void anEmptyColumnHasNoShardNode() {
    GroupNode group = TestBlocks.code(PARAMETERS, TestBlocks.raws(random, 90)).groups().getFirst();
    assertThatThrownBy(() -> ShardNode.of(group, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void optionalFieldsOfLaterWritersAreKept() {
    Block written = store(10).groups().getFirst().toBlock();
    Block later = with(written, "zones", Cbor.of("three"));
    GroupNode read = GroupNode.fromBytes(later.data());
    assertThat(read.toBlock().cid()).isEqualTo(later.cid()).isNotEqualTo(written.cid());
  }

  @Test
  void laterVersionsAreRefusedByNumber() {
    Block later = with(store(10).groups().getFirst().toBlock(), "version", Cbor.of(2));
    assertThatThrownBy(() -> GroupNode.fromBytes(later.data()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("manifest version 2; this program reads version 1");
  }

  @Test
  void groupOfAnotherManifestIsRefused() {
    CodedStore store = store(50);
    Manifest manifest = manifest(store);
    List<GroupEntry> swapped = new ArrayList<>(manifest.groups());
    GroupEntry first = swapped.get(0);
    GroupEntry second = swapped.get(1);
    swapped.set(0, new GroupEntry(first.offset(), second.node(), second.shards()));
    Manifest wrong =
        new Manifest(manifest.coding(), manifest.root(), manifest.size(), PARAMETERS, swapped);
    ManifestReader reader = new ManifestReader(store.nodes(List.of()));
    assertThatThrownBy(() -> reader.group(wrong, 0)).isInstanceOf(FormatException.class);
  }

  @Test
  void groupWithLargerCellsThanTheManifestAllowsIsRefused() {
    CodedStore store = store(50);
    Manifest manifest = manifest(store);
    Manifest narrow =
        new Manifest(
            manifest.coding(),
            manifest.root(),
            manifest.size(),
            new CodeParameters(3, 2, 50, 250),
            manifest.groups());
    ManifestReader reader = new ManifestReader(store.nodes(List.of()));
    assertThatThrownBy(() -> reader.group(narrow, 0))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("cells of 50");
  }

  @Test
  void missingManifestIsNotFound() {
    ManifestReader reader = new ManifestReader(store(10).nodes(List.of()));
    Cid unknown = Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(new byte[] {1}));
    assertThatThrownBy(() -> reader.read(unknown)).isInstanceOf(BlockNotFoundException.class);
    assertThatThrownBy(() -> reader.read(unknown.rawAlias())).isInstanceOf(FormatException.class);
  }

  @Test
  void groupAtFindsTheGroupOfAnOffset() {
    Manifest manifest = manyGroups(10);
    assertThat(manifest.groupAt(0)).isZero();
    assertThat(manifest.groupAt(999)).isZero();
    assertThat(manifest.groupAt(1000)).isEqualTo(1);
    assertThat(manifest.groupAt(Long.MAX_VALUE)).isEqualTo(9);
  }

  @Test
  void badManifestsAreRefused() {
    Manifest good = manyGroups(2);
    List<GroupEntry> backwards = good.groups().reversed();
    assertThatThrownBy(() -> with(good, backwards)).hasMessageContaining("out of order");
    GroupEntry first = good.groups().getFirst();
    GroupEntry bare = new GroupEntry(0, first.node(), Collections.nCopies(5, Optional.empty()));
    assertThatThrownBy(() -> with(good, List.of(bare))).isInstanceOf(FormatException.class);
    GroupEntry narrow = new GroupEntry(0, first.node(), first.shards().subList(0, 4));
    assertThatThrownBy(() -> with(good, List.of(narrow))).hasMessageContaining("code of 3+2");
    assertThatThrownBy(() -> new GroupEntry(0, first.node().rawAlias(), first.shards()))
        .isInstanceOf(FormatException.class);
  }

  private static Manifest with(Manifest manifest, List<GroupEntry> groups) {
    return new Manifest(manifest.coding(), manifest.root(), 1, PARAMETERS, groups);
  }

  private CodedStore store(int blocks) {
    return TestBlocks.code(
        PARAMETERS, TestBlocks.raws(random, random.ints(blocks, 1, 120).toArray()));
  }

  private Manifest manifest(CodedStore store) {
    return store.manifest(TestBlocks.of(random, 9, Multicodec.DAG_PB).cid(), 1234, PARAMETERS);
  }

  private Manifest manyGroups(int count) {
    List<GroupEntry> groups = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Cid node = TestBlocks.of(random, 32, Multicodec.DAG_CBOR).cid();
      groups.add(new GroupEntry(1000L * i, node, Collections.nCopies(5, Optional.of(node))));
    }
    Cid root = TestBlocks.raw(random, 1).cid();
    return new Manifest(CodingId.random(random), root, 1000L * count, PARAMETERS, groups);
  }

  private static Block with(Block node, String key, Cbor value) {
    Map<String, Cbor> fields = new TreeMap<>(DagCbor.decodeDict(node.data()).entries());
    fields.put(key, value);
    return Fields.block(fields);
  }

  private static List<Cid> links(Block block) {
    List<Cid> links = new ArrayList<>();
    collect(DagCbor.decode(block.data()), links);
    return links;
  }

  private static void collect(Cbor value, List<Cid> links) {
    switch (value) {
      case Cbor.Link(Cid cid) -> links.add(cid);
      case Cbor.Array(List<Cbor> items) -> items.forEach(item -> collect(item, links));
      case Cbor.Dict dict -> dict.entries().values().forEach(item -> collect(item, links));
      default -> {}
    }
  }
}
