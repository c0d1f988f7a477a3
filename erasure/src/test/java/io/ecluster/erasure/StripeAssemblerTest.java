package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StripeAssemblerTest {
  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void fillsColumnsCellByCell() {
    CodedStore store =
        code(parameters(2, 1, 100, 1000), sizes(40, 60, 50, 50, /* next stripe */ 40, 60, 30, 70));
    assertThat(cellSizes(store, 0)).containsExactly(List.of(40, 60), List.of(50, 50), List.of(100));
    assertThat(cellSizes(store, 1)).containsExactly(List.of(40, 60), List.of(30, 70), List.of(100));
    assertThat(store.groups()).hasSize(1);
  }

  @Test
  void shortLastStripeIsCutEvenly() {
    CodedStore store = code(parameters(4, 2, 100, 1000), sizes(20, 20, 20, 20, 20));
    assertThat(cellSizes(store, 0))
        .containsExactly(
            List.of(20, 20), List.of(20), List.of(20), List.of(20), List.of(40), List.of(40));
  }

  @Test
  void oneBlockNeedsOneDataColumnAndTheParityColumns() {
    CodedStore store = code(parameters(4, 2, 100, 1000), sizes(70));
    GroupNode group = store.groups().getFirst();
    assertThat(store.shards(0)).extracting(ShardNode::column).containsExactly(0, 4, 5);
    assertThat(store.shards(0)).allMatch(shard -> shard.groupNode().isPresent());
    assertThat(group.isEmpty(0)).isFalse();
    assertThat(group.isEmpty(1)).isTrue();
    assertThat(store.bytes()).isEqualTo(3 * 70);
  }

  @Test
  void emptyBlockIsPlacedAndNeedsNoParityBlock() {
    CodedStore store = code(parameters(4, 2, 100, 1000), sizes(0));
    assertThat(cellSizes(store, 0).getFirst()).containsExactly(0);
    assertThat(store.shards(0)).extracting(ShardNode::column).containsExactly(0, 4, 5);
    assertThat(store.bytes()).isZero();
  }

  @Test
  void noBlocksAreNoGroups() {
    assertThat(code(parameters(4, 2, 100, 1000), List.of()).groups()).isEmpty();
  }

  @Test
  void blockLargerThanACellIsACellByItself() {
    CodedStore store = code(parameters(2, 1, 100, 1000), sizes(30, 250, 30, 30));
    assertThat(cellSizes(store, 0)).containsExactly(List.of(30), List.of(250), List.of(250));
    assertThat(cellSizes(store, 1)).containsExactly(List.of(30), List.of(30), List.of(30));
  }

  @Test
  void parityIsCutIntoBlocksOf256KiB() {
    CodedStore store = code(parameters(2, 1, 1 << 20, 1 << 30), sizes(600_000, 1000));
    assertThat(cellSizes(store, 0).get(2)).containsExactly(262144, 262144, 75712);
  }

  @Test
  void repeatedBlockIsPlacedOncePerGroup() {
    List<Block> blocks = sizes(60, 60, 60, 60);
    List<Block> twice = new ArrayList<>(blocks);
    twice.addAll(blocks);
    assertThat(dataBlocks(code(parameters(2, 1, 100, 1000), twice))).isEqualTo(4);
    CodedStore small = code(parameters(2, 1, 100, 150), twice);
    assertThat(dataBlocks(small)).isEqualTo(8);
    assertThat(small.groups()).hasSize(4);
  }

  @Test
  void aliasesOfOneBlockAreOneBlock() {
    Block block = TestBlocks.of(random, 50, Multicodec.DAG_PB);
    Block alias = new Block(block.cid().rawAlias(), block.data());
    CodedStore store = code(parameters(2, 1, 100, 1000), List.of(block, alias));
    assertThat(dataBlocks(store)).isEqualTo(1);
    assertThat(store.groups().getFirst().stripes().getFirst().cell(0).getFirst().codec())
        .isEqualTo(Multicodec.DAG_PB);
    assertThat(store.stripes().getFirst().columns().getFirst().getFirst()).isEqualTo(block);
    assertThat(store.stripes().getFirst().carried(0).getFirst().cid()).isEqualTo(alias.cid());
  }

  @Test
  void identityBlocksAreNotPlaced() {
    byte[] data = {1, 2, 3};
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, data));
    assertThat(code(parameters(2, 1, 100, 1000), List.of(new Block(cid, data))).groups()).isEmpty();
  }

  @Test
  void groupClosesBeforeAColumnOutgrowsTheShardSize() {
    List<Block> blocks = sizes(Collections.nCopies(100, 50).stream().mapToInt(i -> i).toArray());
    CodedStore store = code(parameters(2, 1, 100, 250), blocks);
    assertThat(store.groups()).hasSize(13);
    for (GroupNode group : store.groups()) {
      for (int column = 0; column < 3; column++) {
        assertThat(group.columnBytes(column)).isLessThanOrEqualTo(250);
      }
    }
    assertThat(store.groups()).extracting(GroupNode::offset).startsWith(0L, 400L, 800L);
    assertThat(store.groups()).extracting(GroupNode::index).startsWith(0, 1, 2);
  }

  @Test
  void bigBlockClosesTheGroupThatItWouldOvergrow() {
    CodedStore store = code(parameters(2, 1, 100, 250), sizes(100, 100, 100, 240));
    assertThat(store.groups()).hasSize(2);
    assertThat(store.groups().get(1).columnBytes(0)).isEqualTo(240);
  }

  @Test
  void cellsAreNoLargerThanTheShardSize() {
    CodedStore store = code(parameters(2, 1, 100, 60), sizes(30, 30, 30, 30, 30));
    assertThat(cellSizes(store, 0)).startsWith(List.of(30, 30), List.of(30, 30));
    assertThat(store.groups()).hasSize(2);
  }

  @Test
  void shardSizeBelowABlockIsRefused() {
    assertThatThrownBy(() -> code(parameters(2, 1, 100, 60), sizes(30, 61)))
        .isInstanceOf(InvalidParametersException.class)
        .hasMessageContaining("shard size of 60 bytes is below the 61 bytes of block");
  }

  @Test
  void unknownHashFunctionIsRefused() {
    Cid md5 = Cid.v1(Multicodec.RAW, Multihash.of(0xd5, new byte[16]));
    assertThatThrownBy(() -> code(parameters(2, 1, 100, 60), List.of(new Block(md5, new byte[9]))))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("0xd5");
  }

  @Test
  void groupNodeStaysUnder512KiB() {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      blocks.add(TestBlocks.raw(random, 8));
    }
    CodedStore store = code(parameters(4, 2, 1 << 20, 1 << 30), blocks);
    assertThat(store.groups()).hasSize(3);
    assertThat(dataBlocks(store)).isEqualTo(30_000);
    for (GroupNode group : store.groups()) {
      assertThat(group.toBlock().size()).isLessThanOrEqualTo(512 * 1024);
    }
    assertThat(store.groups().getFirst().toBlock().size()).isGreaterThan(400 * 1024);
  }

  @Test
  void sameInputGivesSameNodes() {
    List<Block> blocks = sizes(40, 60, 50, 50, 20, 10);
    CodeParameters parameters = parameters(3, 2, 100, 200);
    CodedStore one = code(parameters, blocks);
    CodedStore two = code(parameters, blocks);
    assertThat(one.groups().getFirst().toBlock().cid())
        .isEqualTo(two.groups().getFirst().toBlock().cid());
  }

  private CodedStore code(CodeParameters parameters, List<Block> blocks) {
    return TestBlocks.code(parameters, blocks);
  }

  private List<Block> sizes(int... sizes) {
    return TestBlocks.raws(random, sizes);
  }

  private static CodeParameters parameters(int d, int p, int cellSize, long shardSize) {
    return new CodeParameters(d, p, cellSize, shardSize);
  }

  private static List<List<Integer>> cellSizes(CodedStore store, int stripe) {
    return store.stripes().get(stripe).columns().stream()
        .map(cell -> cell.stream().map(Block::size).toList())
        .toList();
  }

  private static long dataBlocks(CodedStore store) {
    return store.groups().stream()
        .flatMap(group -> group.stripes().stream())
        .flatMap(stripe -> stripe.cells().subList(0, stripe.dataShards()).stream())
        .mapToLong(List::size)
        .sum();
  }
}
