package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.ecluster.ipld.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DecodingTest {
  private static final int CELL = 1000;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);

  @ParameterizedTest
  @CsvSource({"2,1", "4,2", "3,3"})
  void everyLossPatternReadsBackAndRepairs(int dataShards, int parityShards) {
    CodeParameters parameters = new CodeParameters(dataShards, parityShards, CELL, 2500);
    for (List<Block> blocks : shapes(dataShards)) {
      CodedStore store = TestBlocks.code(parameters, blocks);
      for (int pattern = 1; pattern < 1 << (dataShards + parityShards); pattern++) {
        if (Integer.bitCount(pattern) == parityShards) {
          assertSurvives(store, columns(pattern));
        }
      }
    }
  }

  @Test
  void randomLossesOfTenAndFourReadBackAndRepair() {
    CodeParameters parameters = new CodeParameters(10, 4, CELL, 2500);
    List<CodedStore> stores =
        shapes(10).stream().map(blocks -> TestBlocks.code(parameters, blocks)).toList();
    for (int round = 0; round < 1000; round++) {
      Set<Integer> lost = new HashSet<>();
      random.ints(0, 14).distinct().limit(4).forEach(lost::add);
      assertSurvives(stores.get(round % stores.size()), lost);
    }
  }

  @Test
  void oneLossTooManyNamesTheGroupAndTheShards() {
    CodedStore store =
        TestBlocks.code(
            new CodeParameters(4, 2, CELL, 1000),
            TestBlocks.raws(random, 900, 900, 900, 900, 800, 800, 800, 800));
    StripeDecoder decoder =
        new StripeDecoder(store.groups().get(1), store.reader(1, Set.of(1, 2, 5)));
    assertThatThrownBy(() -> decoder.rebuild(new BlockPlace(0, 1, 0)))
        .isInstanceOf(NotEnoughShardsException.class)
        .hasMessage(
            "group 1 cannot be decoded: 3 of its shards can be read, 4 are needed;"
                + " missing shards [1, 2, 5]")
        .asInstanceOf(type(NotEnoughShardsException.class))
        .satisfies(e -> {
          assertThat(e.group()).isEqualTo(1);
          assertThat(e.missing()).containsExactly(1, 2, 5);
          assertThat(e.have()).isEqualTo(3);
          assertThat(e.need()).isEqualTo(4);
        });
    ColumnRebuilder rebuilder =
        new ColumnRebuilder(
            store.groups().get(1), Set.of(1, 2, 5), store.reader(1, Set.of(1, 2, 5)));
    assertThatThrownBy(() -> rebuilder.rebuild(0)).isInstanceOf(NotEnoughShardsException.class);
  }

  @Test
  void onlyTheRangeOfABlockIsRead() {
    CodedStore store =
        TestBlocks.code(
            new CodeParameters(3, 2, CELL, 1000),
            TestBlocks.raws(random, 100, 300, 500, /* 1 */ 700, 200, /* 2 */ 250, 150, 600));
    Map<Integer, List<Integer>> asked = new HashMap<>();
    CellReader recording =
        (stripe, offers, need) -> {
          offers.forEach((column, blocks) -> asked.put(column, sizes(blocks)));
          return store.reader(0, Set.of()).read(stripe, offers, need);
        };
    byte[] rebuilt =
        new StripeDecoder(store.groups().getFirst(), recording).rebuild(new BlockPlace(0, 0, 1));
    assertThat(rebuilt).hasSize(300);
    assertThat(asked)
        .containsOnlyKeys(1, 2, 3, 4)
        .containsEntry(1, List.of(700))
        .containsEntry(2, List.of(250, 150));
  }

  @Test
  void paddingIsNotRead() {
    CodedStore store =
        TestBlocks.code(
            new CodeParameters(3, 2, CELL, 1000), TestBlocks.raws(random, 500, 300, 800, 10));
    assertThat(sizes(store.groups().getFirst().stripes().getFirst().cell(2))).containsExactly(10);
    CellReader strict =
        (stripe, offers, need) -> {
          assertThat(offers).doesNotContainKey(2);
          assertThat(need).isEqualTo(2);
          return store.reader(0, Set.of(1)).read(stripe, offers, need);
        };
    byte[] rebuilt =
        new StripeDecoder(store.groups().getFirst(), strict).rebuild(new BlockPlace(0, 0, 1));
    assertThat(rebuilt).hasSize(300);
  }

  @Test
  void blocksOfWrongSizeCountAsLost() {
    CodedStore store =
        TestBlocks.code(new CodeParameters(2, 1, CELL, 1000), TestBlocks.raws(random, 900, 900));
    CellReader lying = (_, offers, _) -> Map.of(offers.firstKey(), List.of(new byte[5]));
    assertThatThrownBy(() ->
            new StripeDecoder(store.groups().getFirst(), lying).rebuild(new BlockPlace(0, 0, 0)))
        .isInstanceOf(NotEnoughShardsException.class);
  }

  @Test
  void wrongBytesAreNoticed() {
    CodedStore store =
        TestBlocks.code(new CodeParameters(2, 1, CELL, 1000), TestBlocks.raws(random, 900, 900));
    CellReader lying =
        (_, offers, _) -> {
          Map<Integer, List<byte[]>> wrong = new HashMap<>();
          offers.forEach((column, _) -> wrong.put(column, List.of(new byte[900])));
          return wrong;
        };
    GroupNode group = store.groups().getFirst();
    assertThatThrownBy(() -> new StripeDecoder(group, lying).rebuild(new BlockPlace(0, 0, 0)))
        .isInstanceOf(InconsistentGroupException.class)
        .hasMessageContaining("group 0, stripe 0, column 0");
    assertThatThrownBy(() -> new ColumnRebuilder(group, Set.of(0), lying).rebuild(0))
        .isInstanceOf(InconsistentGroupException.class);
  }

  /** Losing these columns loses nothing: each block can be read, each column be rebuilt. */
  private void assertSurvives(CodedStore store, Set<Integer> lost) {
    for (GroupNode group : store.groups()) {
      CellReader reader = store.reader(group.index(), lost);
      ColumnRebuilder rebuilder = new ColumnRebuilder(group, lost, reader);
      StripeDecoder decoder = new StripeDecoder(group, reader);
      for (int stripe = 0; stripe < rebuilder.stripeCount(); stripe++) {
        int number = stripe;
        rebuilder
            .rebuild(stripe)
            .forEach((column, blocks) -> assertRebuilt(store, group, number, column, blocks));
        assertReads(store, group, decoder, stripe, lost);
      }
    }
  }

  private void assertRebuilt(
      CodedStore store, GroupNode group, int stripe, int column, List<Block> blocks) {
    List<Block> expected = stripeOf(store, group, stripe).carried(column);
    assertThat(blocks).as("seed %d", seed).hasSameSizeAs(expected);
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(blocks.get(i).cid()).isEqualTo(expected.get(i).cid());
      assertThat(blocks.get(i).data()).isEqualTo(expected.get(i).data());
    }
  }

  private void assertReads(
      CodedStore store, GroupNode group, StripeDecoder decoder, int stripe, Set<Integer> lost) {
    GroupIndex index = new GroupIndex(group);
    for (int column : lost) {
      List<Block> cell = stripeOf(store, group, stripe).columns().get(column);
      if (column < group.dataShards() && !cell.isEmpty()) {
        Block wanted = cell.get(random.nextInt(cell.size()));
        BlockPlace place = index.find(wanted.cid().hash()).orElseThrow();
        assertThat(place.stripe()).isEqualTo(stripe);
        assertThat(decoder.rebuild(place)).as("seed %d", seed).isEqualTo(wanted.data());
      }
    }
  }

  private static Stripe stripeOf(CodedStore store, GroupNode group, int stripe) {
    return store.stripes().stream()
        .filter(s -> s.group() == group.index() && s.index() == stripe)
        .findFirst()
        .orElseThrow();
  }

  /** Whole stripes, a short last one, empty columns, repeats, and blocks larger than a cell. */
  private List<List<Block>> shapes(int dataShards) {
    List<Block> even =
        TestBlocks.raws(random, IntStream.generate(() -> 250).limit(dataShards * 10L).toArray());
    List<Block> odd = TestBlocks.raws(random, random.ints(dataShards * 7L, 1, 600).toArray());
    List<Block> large = TestBlocks.raws(random, 300, 2500, 1700, 10, 1001, 400, 0, 60);
    List<Block> repeated = new ArrayList<>(odd);
    repeated.addAll(odd.subList(0, 5));
    repeated.addAll(even.subList(0, 3));
    repeated.addAll(odd);
    return List.of(
        even,
        odd,
        large,
        repeated,
        TestBlocks.raws(random, 1),
        TestBlocks.raws(random, 0),
        TestBlocks.raws(random, 999, 1));
  }

  private static Set<Integer> columns(int pattern) {
    Set<Integer> columns = new HashSet<>();
    for (int i = 0; i < Integer.SIZE; i++) {
      if ((pattern >> i & 1) == 1) {
        columns.add(i);
      }
    }
    return columns;
  }

  private static List<Integer> sizes(List<CodedBlock> blocks) {
    return blocks.stream().map(CodedBlock::size).toList();
  }
}
