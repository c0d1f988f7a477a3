package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.allocator.Candidate;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepairPlannerTest {
  private static final int CELL = 1000;
  private static final int STRIPES = 3;
  private static final int ROUNDS = 1000;
  private static final List<PeerId> PEERS =
      IntStream.rangeClosed(1, 24).mapToObj(i -> FakeNetwork.identity(i).id()).toList();

  /**
   * A group in which column c is on peer {@code holders[c]}; −1 is a column without pin, −2 one
   * without blocks.
   */
  private static GroupSnapshot group(int number, int data, ColumnState[] states, int... holders) {
    int[][] cells = new int[STRIPES][states.length];
    List<ColumnSnapshot> columns = new ArrayList<>();
    GroupShape shape = new GroupShape(data, states.length - data, cells);
    for (int column = 0; column < states.length; column++) {
      if (states[column] == ColumnState.EMPTY) {
        columns.add(ColumnSnapshot.empty(column));
        continue;
      }
      for (int[] stripe : cells) {
        stripe[column] = CELL;
      }
      columns.add(
          new ColumnSnapshot(
              column,
              Optional.of(TestCids.cid(number + "/" + column)),
              holders[column] < 0 ? Optional.empty() : Optional.of(PEERS.get(holders[column])),
              (long) CELL * STRIPES,
              states[column],
              damaged(states[column], shape)));
    }
    GroupRef ref = new GroupRef(TestCids.cid("root"), "name", number, 10, number);
    return new GroupSnapshot(ref, shape, columns);
  }

  private static BitSet damaged(ColumnState state, GroupShape shape) {
    BitSet damaged = new BitSet();
    if (state == ColumnState.UNPINNED) {
      damaged.set(1);
    }
    return state == ColumnState.LOST ? shape.allStripes() : damaged;
  }

  /** 4+2 on peers 0 to 5 with some columns in another state than healthy. */
  private static GroupSnapshot fourPlusTwo(int number, Map<Integer, ColumnState> states) {
    ColumnState[] all = new ColumnState[6];
    Arrays.fill(all, ColumnState.HEALTHY);
    states.forEach((column, state) -> all[column] = state);
    return group(number, 4, all, 0, 1, 2, 3, 4, 5);
  }

  private static List<Candidate> live(int... numbers) {
    return IntStream.of(numbers)
        .mapToObj(i -> new Candidate(PEERS.get(i), 1L << 40, 0, List.of()))
        .toList();
  }

  private static GroupPlan plan(GroupSnapshot group, List<Candidate> live) {
    return RepairPlanner.plan(new RepairSnapshot(List.of(group), live, Set.of())).getFirst();
  }

  private static GroupPlan.Repair repair(GroupSnapshot group, List<Candidate> live) {
    assertThat(plan(group, live)).isInstanceOf(GroupPlan.Repair.class);
    return (GroupPlan.Repair) plan(group, live);
  }

  @Test
  void aWholeGroupIsHealthy() {
    GroupPlan plan = plan(fourPlusTwo(0, Map.of()), live(0, 1, 2, 3, 4, 5, 6));
    assertThat(plan).isInstanceOf(GroupPlan.Healthy.class);
    assertThat(plan.margin()).isEqualTo(2);
  }

  @Test
  void anEmptyColumnNeedsNoPeer() {
    GroupSnapshot group =
        fourPlusTwo(0, Map.of(2, ColumnState.EMPTY, 3, ColumnState.EMPTY, 0, ColumnState.LOST));
    GroupPlan.Repair repair = repair(group, live(1, 4, 5, 6));
    assertThat(repair.columns())
        .singleElement()
        .satisfies(column -> {
          assertThat(column.column()).isZero();
          assertThat(column.target()).isEqualTo(PEERS.get(6));
        });
    assertThat(repair.bytesToRead()).isEqualTo(2L * CELL * STRIPES); // two cells are padding
    assertThat(repair.margin()).isOne();
    assertThat(repair.marginAfter()).isEqualTo(2);
  }

  @Test
  void oneLostBlockCostsOneStripe() {
    GroupPlan.Repair repair =
        repair(fourPlusTwo(0, Map.of(5, ColumnState.UNPINNED)), live(0, 1, 2, 3, 4, 5, 6));
    assertThat(repair.columns())
        .singleElement()
        .satisfies(column -> {
          assertThat(column.inPlace()).isTrue();
          assertThat(column.target()).isEqualTo(PEERS.get(5));
        });
    assertThat(repair.bytesToWrite()).isEqualTo(CELL);
    assertThat(repair.bytesToRead()).isEqualTo(4L * CELL);
  }

  @Test
  void severalLostShardsCostOnePass() {
    GroupPlan.Repair repair =
        repair(
            fourPlusTwo(0, Map.of(0, ColumnState.LOST, 5, ColumnState.LOST)),
            live(1, 2, 3, 4, 6, 7));
    assertThat(repair.bytesToWrite()).isEqualTo(2L * CELL * STRIPES);
    assertThat(repair.bytesToRead()).isEqualTo(4L * CELL * STRIPES);
  }

  @Test
  void columnsThatEachLackAnotherStripeStillDecode() {
    GroupSnapshot group =
        fourPlusTwo(
            0,
            Map.of(
                0, ColumnState.UNPINNED,
                1, ColumnState.UNPINNED,
                2, ColumnState.LOST));
    assertThat(plan(group, live(0, 1, 3, 4, 5, 6))).isInstanceOf(GroupPlan.Unrepairable.class);
    List<ColumnSnapshot> columns = new ArrayList<>(group.columns());
    BitSet other = new BitSet();
    other.set(2);
    ColumnSnapshot first = columns.getFirst();
    columns.set(
        0,
        new ColumnSnapshot(
            0, first.shard(), first.holder(), first.bytes(), ColumnState.UNPINNED, other));
    GroupSnapshot spread = new GroupSnapshot(group.ref(), group.shape(), columns);
    assertThat(plan(spread, live(0, 1, 3, 4, 5, 6))).isInstanceOf(GroupPlan.Repair.class);
  }

  @Test
  void tooManyLossesAreNamed() {
    GroupPlan plan =
        plan(
            fourPlusTwo(7, Map.of(0, ColumnState.LOST, 2, ColumnState.LOST, 4, ColumnState.LOST)),
            live(1, 3, 5, 6, 7, 8));
    assertThat(plan)
        .isInstanceOfSatisfying(
            GroupPlan.Unrepairable.class,
            hopeless -> {
              assertThat(hopeless.missing()).containsExactly(0, 2, 4);
              assertThat(hopeless.have()).isEqualTo(3);
              assertThat(hopeless.need()).isEqualTo(4);
              assertThat(hopeless.why()).contains("group 7", "[0, 2, 4]");
              assertThat(hopeless.margin()).isNegative();
            });
  }

  @Test
  void tooFewPeersAreCounted() {
    GroupPlan plan = plan(fourPlusTwo(3, Map.of(0, ColumnState.LOST)), live(1, 2, 3, 4, 5));
    assertThat(plan)
        .isInstanceOfSatisfying(
            GroupPlan.NotEnoughPeers.class,
            few -> {
              assertThat(few.needed()).isEqualTo(6);
              assertThat(few.live()).isEqualTo(5);
              assertThat(few.why()).contains("group 3 needs 6 live peers and there are 5");
            });
  }

  @Test
  void whatCanBePlacedIsPlacedWhenPeersAreFew() {
    GroupPlan.Repair repair =
        repair(
            fourPlusTwo(0, Map.of(0, ColumnState.LOST, 1, ColumnState.LOST)), live(2, 3, 4, 5, 6));
    assertThat(repair.columns()).hasSize(1);
    assertThat(repair.shortage())
        .hasValueSatisfying(why -> assertThat(why).contains("needs 6 live peers and there are 5"));
  }

  @Test
  void sharedShardsPartOnlyIfThatHelps() {
    ColumnState[] healthy = new ColumnState[6];
    Arrays.fill(healthy, ColumnState.HEALTHY);
    GroupSnapshot shared = group(0, 4, healthy, 0, 1, 2, 3, 4, 4);
    assertThat(plan(shared, live(0, 1, 2, 3, 4))).isInstanceOf(GroupPlan.Healthy.class);
    GroupPlan.Repair repair = repair(shared, live(0, 1, 2, 3, 4, 9));
    assertThat(repair.columns())
        .singleElement()
        .satisfies(column -> {
          assertThat(column.was()).isEqualTo(ColumnState.SHARED);
          assertThat(column.target()).isEqualTo(PEERS.get(9));
        });
    assertThat(repair.bytesToRead()).isEqualTo((long) CELL * STRIPES); // copied, not rebuilt
    assertThat(repair.margin()).isOne();
    assertThat(repair.marginAfter()).isEqualTo(2);
  }

  @Test
  void whereSharingWasAllowedLostShardsAreSpreadEvenly() {
    ColumnState[] states = new ColumnState[6];
    Arrays.fill(states, ColumnState.HEALTHY);
    states[2] = ColumnState.LOST;
    states[5] = ColumnState.LOST;
    GroupPlan.Repair repair = repair(group(0, 4, states, 0, 1, 2, 0, 1, 2), live(0, 1));
    assertThat(repair.columns())
        .extracting(ColumnRepair::target)
        .containsExactlyInAnyOrder(PEERS.get(0), PEERS.get(1));
  }

  @Test
  void anUnpinnedShardOfAPeerThatFailedMovesAway() {
    GroupSnapshot group = fourPlusTwo(0, Map.of(3, ColumnState.UNPINNED));
    RepairSnapshot snapshot =
        new RepairSnapshot(List.of(group), live(0, 1, 2, 3, 4, 5, 6), Set.of(PEERS.get(3)));
    assertThat(RepairPlanner.plan(snapshot).getFirst())
        .isInstanceOfSatisfying(
            GroupPlan.Repair.class,
            repair ->
                assertThat(repair.columns())
                    .singleElement()
                    .extracting(ColumnRepair::target)
                    .isEqualTo(PEERS.get(6)));
  }

  @Test
  void theMostEndangeredGroupComesFirst() {
    List<GroupSnapshot> groups =
        List.of(
            fourPlusTwo(0, Map.of(1, ColumnState.LOST)),
            fourPlusTwo(1, Map.of(1, ColumnState.UNPINNED, 2, ColumnState.LOST)),
            fourPlusTwo(2, Map.of(2, ColumnState.LOST)),
            fourPlusTwo(3, Map.of(1, ColumnState.LOST, 2, ColumnState.LOST, 3, ColumnState.LOST)));
    List<GroupPlan> plans =
        RepairPlanner.plan(new RepairSnapshot(groups, live(0, 1, 2, 3, 4, 5, 6, 7, 8), Set.of()));
    assertThat(plans).extracting(plan -> plan.group().ref().number()).containsExactly(3, 1, 0, 2);
  }

  @Test
  void whatOneGroupIsPromisedCountsForTheNext() {
    List<GroupSnapshot> groups = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      groups.add(fourPlusTwo(i, Map.of(0, ColumnState.LOST)));
    }
    long room = 4L * CELL * STRIPES;
    List<Candidate> live = new ArrayList<>(live(1, 2, 3, 4, 5));
    live.add(new Candidate(PEERS.get(6), room, 0, List.of()));
    live.add(new Candidate(PEERS.get(7), room, 0, List.of()));
    Map<PeerId, Integer> given = new HashMap<>();
    RepairPlanner.plan(new RepairSnapshot(groups, live, Set.of())).stream()
        .flatMap(plan -> ((GroupPlan.Repair) plan).columns().stream())
        .forEach(column -> given.merge(column.target(), 1, Integer::sum));
    assertThat(given).containsOnly(Map.entry(PEERS.get(6), 4), Map.entry(PEERS.get(7), 4));
  }

  @Test
  void whateverIsLostNoTwoShardsMeet() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      GroupSnapshot group = randomGroup(random, round);
      int[] alive = randomlyAlive(random, group);
      GroupSnapshot seen = withDead(group, alive);
      List<Candidate> live = live(alive);
      GroupPlan plan = plan(seen, live);
      String context = "seed " + seed + ", round " + round + ": " + plan;
      switch (plan) {
        case GroupPlan.Repair repair -> checkRepair(repair, live, context);
        case GroupPlan.Healthy _ ->
            assertThat(seen.full()).as(context).allMatch(c -> c.state() == ColumnState.HEALTHY);
        case GroupPlan.NotEnoughPeers few -> checkShortage(few, live, context);
        case GroupPlan.Unrepairable hopeless ->
            assertThat(hopeless.have()).as(context).isLessThan(hopeless.need());
      }
    }
  }

  /** Most holders, and none, some or many other peers. */
  private static int[] randomlyAlive(SplittableRandom random, GroupSnapshot group) {
    Set<PeerId> holders = new HashSet<>();
    group.full().forEach(column -> holders.add(column.holder().orElseThrow()));
    int spares = random.nextInt(3);
    return IntStream.range(0, PEERS.size())
        .filter(i ->
            holders.contains(PEERS.get(i)) ? random.nextInt(6) > 0 : random.nextInt(10) < spares)
        .toArray();
  }

  private static GroupSnapshot randomGroup(SplittableRandom random, int number) {
    int data = 1 + random.nextInt(6);
    int total = data + 1 + random.nextInt(4);
    ColumnState[] states = new ColumnState[total];
    int[] holders = new int[total];
    List<Integer> order = new ArrayList<>(IntStream.range(0, PEERS.size()).boxed().toList());
    java.util.Collections.shuffle(order, new java.util.Random(random.nextLong()));
    for (int column = 0; column < total; column++) {
      boolean empty = column > 0 && column < data && random.nextInt(8) == 0;
      ColumnState[] some = {ColumnState.HEALTHY, ColumnState.HEALTHY, ColumnState.UNPINNED};
      states[column] = empty ? ColumnState.EMPTY : some[random.nextInt(some.length)];
      holders[column] = order.get(column);
    }
    return group(number, data, states, holders);
  }

  private static GroupSnapshot withDead(GroupSnapshot group, int[] alive) {
    Set<PeerId> there = new HashSet<>();
    IntStream.of(alive).forEach(i -> there.add(PEERS.get(i)));
    List<ColumnSnapshot> columns =
        group.columns().stream()
            .map(c ->
                c.holder().filter(peer -> !there.contains(peer)).isEmpty()
                    ? c
                    : new ColumnSnapshot(
                        c.column(),
                        c.shard(),
                        c.holder(),
                        c.bytes(),
                        ColumnState.LOST,
                        group.shape().allStripes()))
            .toList();
    return new GroupSnapshot(group.ref(), group.shape(), columns);
  }

  private static void checkRepair(GroupPlan.Repair repair, List<Candidate> live, String context) {
    Map<Integer, PeerId> after = new HashMap<>();
    repair
        .group()
        .full()
        .filter(c -> c.state() != ColumnState.LOST)
        .forEach(c -> after.put(c.column(), c.holder().orElseThrow()));
    Set<PeerId> there = new HashSet<>(live.stream().map(Candidate::peer).toList());
    for (ColumnRepair column : repair.columns()) {
      assertThat(there).as(context).contains(column.target());
      ColumnSnapshot found = repair.group().columns().get(column.column());
      assertThat(column.inPlace()).as(context).isEqualTo(found.state() == ColumnState.UNPINNED);
      after.put(column.column(), column.target());
    }
    assertThat(after.values()).as(context).doesNotHaveDuplicates();
    assertThat(repair.marginAfter()).as(context).isGreaterThan(repair.margin());
    long full = repair.group().full().count();
    if (repair.shortage().isEmpty()) {
      assertThat((long) after.size()).as(context).isEqualTo(full);
      assertThat(repair.marginAfter()).as(context).isEqualTo(repair.group().shape().parityShards());
    } else {
      assertThat(after.values()).as(context).containsAll(there);
    }
  }

  private static void checkShortage(
      GroupPlan.NotEnoughPeers few, List<Candidate> live, String context) {
    assertThat(few.needed()).as(context).isEqualTo((int) few.group().full().count());
    assertThat(few.live()).as(context).isEqualTo(live.size());
    Set<PeerId> free = new HashSet<>(live.stream().map(Candidate::peer).toList());
    few.group()
        .full()
        .filter(c -> c.state() != ColumnState.LOST)
        .forEach(c -> free.remove(c.holder().orElseThrow()));
    assertThat(free).as(context).isEmpty();
  }
}
