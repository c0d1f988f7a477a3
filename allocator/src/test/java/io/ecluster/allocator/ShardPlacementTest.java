package io.ecluster.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.allocator.Placement.Placed;
import io.ecluster.allocator.Placement.Refused;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ShardPlacementTest {
  private static final long MIB = 1 << 20;
  private static final List<Integer> SIX = List.of(0, 1, 2, 3, 4, 5);

  @Test
  void givesEachShardAPeerOfItsOwn() {
    Placed placed = placed(newGroup(TestPeers.equals(8, 100 * MIB), false, 1));
    assertThat(placed.holders()).hasSize(6);
    assertThat(placed.holders().values()).doesNotHaveDuplicates();
    assertThat(placed.receipt().peerMargin()).isEqualTo(2);
    assertThat(placed.receipt().relaxed()).isEmpty();
  }

  @Test
  void refusesWithNumbersWhenThereAreTooFewPeers() {
    Placement placement = ShardPlacement.place(newGroup(TestPeers.equals(5, MIB), false, 1));
    assertThat(placement)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.needed()).isEqualTo(6);
              assertThat(refused.live()).isEqualTo(5);
              assertThat(refused.message()).contains("6 live peers", "there are 5");
            });
  }

  @Test
  void sharesPeersEvenlyWhenAllowed() {
    Placed placed = placed(newGroup(TestPeers.equals(3, 100 * MIB), true, 1));
    assertThat(counts(placed)).hasSize(3).allSatisfy((_, n) -> assertThat(n).isEqualTo(2));
    assertThat(placed.receipt().peerMargin()).isEqualTo(1);
    assertThat(placed.receipt().relaxed()).hasSize(3).allMatch(text -> text.contains("2 shards"));
  }

  @Test
  void refusesToShareWhatIsNotThere() {
    assertThat(ShardPlacement.place(newGroup(List.of(), true, 1))).isInstanceOf(Refused.class);
  }

  @Test
  void sharesNothingWhenThereAreEnoughPeersAllTheSame() {
    Placed placed = placed(newGroup(TestPeers.equals(6, 100 * MIB), true, 3));
    assertThat(placed.holders().values()).doesNotHaveDuplicates();
  }

  @Test
  void spreadsOverFailureDomains() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      candidates.add(TestPeers.candidate(i, 100 * MIB, "a"));
    }
    for (int i = 4; i < 8; i++) {
      candidates.add(TestPeers.candidate(i, MIB, i < 6 ? "b" : "c"));
    }
    Placed placed = placed(newGroup(candidates, false, 9));
    assertThat(domainCounts(placed, candidates, 0)).containsOnly(2L);
    assertThat(placed.receipt().domainMargin()).isEqualTo(1);
  }

  @Test
  void saysWhichDomainWouldTakeTheGroupWithIt() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      candidates.add(TestPeers.candidate(i, 100 * MIB, i == 0 ? "b" : "a"));
    }
    Placed placed = placed(newGroup(candidates, false, 9));
    assertThat(placed.receipt().domainMargin()).isZero();
    assertThat(placed.receipt().relaxed())
        .containsExactly("5 shards are in failure domain a, of which 2 may be lost");
  }

  @Test
  void innerDomainsCountWithinOuterOnes() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      candidates.add(TestPeers.candidate(i, 100 * MIB, "region" + i % 2, "rack" + i / 2 % 3));
    }
    Placed placed = placed(newGroup(candidates, false, 5));
    assertThat(domainCounts(placed, candidates, 0)).containsOnly(3L);
    assertThat(domainCounts(placed, candidates, 1)).containsOnly(1L);
  }

  @Test
  void avoidsPeersWithoutRoomWhileOthersHaveIt() {
    List<Candidate> candidates = new ArrayList<>(TestPeers.equals(6, 100 * MIB));
    candidates.add(new Candidate(TestPeers.peer(6), 100 * MIB, 100 * MIB, List.of()));
    for (int seed = 0; seed < 50; seed++) {
      assertThat(placed(newGroup(candidates, false, seed)).holders().values())
          .doesNotContain(TestPeers.peer(6));
    }
  }

  @Test
  void usesPeersWithoutRoomRatherThanNone() {
    List<Candidate> candidates = new ArrayList<>(TestPeers.equals(5, 100 * MIB));
    candidates.add(TestPeers.candidate(5, 1000));
    Placed placed = placed(newGroup(candidates, false, 1));
    assertThat(placed.receipt().relaxed())
        .singleElement()
        .asString()
        .contains("has 1000 bytes free and gets " + MIB);
  }

  @Test
  void fillsPeersInProportionToTheirSpace() {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      candidates.add(TestPeers.candidate(i, i < 6 ? 1000 * MIB : 3000 * MIB));
    }
    int big = 0;
    for (int seed = 0; seed < 2000; seed++) {
      PlacementRequest one =
          PlacementRequest.ofNewGroup(List.of(0), 0, candidates, false, MIB, seed);
      int number =
          candidates.stream()
              .map(Candidate::peer)
              .toList()
              .indexOf(placed(one).holders().firstEntry().getValue());
      big += number < 6 ? 0 : 1;
    }
    assertThat(big).isBetween(1400, 1600); // three quarters of 2000, give or take five deviations
  }

  @Test
  void oneColumnDoesNotAlwaysFallOnOnePeer() {
    Map<PeerId, Integer> parity = new HashMap<>();
    for (int seed = 0; seed < 600; seed++) {
      Placed placed = placed(newGroup(TestPeers.equals(6, 100 * MIB), false, seed));
      parity.merge(placed.holders().lastEntry().getValue(), 1, Integer::sum);
    }
    assertThat(parity).hasSize(6).allSatisfy((_, n) -> assertThat(n).isBetween(50, 150));
  }

  @Test
  void answersTheSameQuestionTheSameWay() {
    List<Candidate> shuffled = new ArrayList<>(TestPeers.equals(9, 100 * MIB));
    Placement first = ShardPlacement.place(newGroup(shuffled, false, 77));
    Collections.shuffle(shuffled, new Random(1));
    assertThat(ShardPlacement.place(newGroup(shuffled, false, 77))).isEqualTo(first);
  }

  @Test
  void refusesRequestsThatMakeNoSense() {
    List<Candidate> twice = List.of(TestPeers.candidate(1, 1), TestPeers.candidate(1, 2));
    assertThatThrownBy(() -> newGroup(twice, false, 1))
        .isInstanceOf(IllegalArgumentException.class);
    Map<Integer, PeerId> siblings = Map.of(0, TestPeers.peer(1));
    assertThatThrownBy(() ->
            new PlacementRequest(
                SIX, siblings, 2, TestPeers.equals(9, MIB), Set.of(), false, MIB, 1))
        .hasMessageContaining("overlap");
  }

  /** Random clusters, groups and repairs. */
  @RepeatedTest(300)
  void keepsItsRules(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    PlacementRequest request = random(new Random(seed));
    Placement placement = ShardPlacement.place(request);
    Set<PeerId> usable = usable(request);
    int free = request.allowShared() ? usable.size() : without(usable, request).size();
    int required = request.allowShared() ? 1 : request.columns().size();
    switch (placement) {
      case Refused refused ->
          assertThat(free).as("seed %d: %s", seed, refused.message()).isLessThan(required);
      case Placed placed -> {
        assertThat(free).as("seed %d", seed).isGreaterThanOrEqualTo(required);
        check(request, placed, usable, seed);
      }
    }
  }

  private static void check(
      PlacementRequest request, Placed placed, Set<PeerId> usable, long seed) {
    assertThat(placed.holders().keySet())
        .as("seed %d", seed)
        .containsExactlyElementsOf(request.columns());
    assertThat(usable).as("seed %d", seed).containsAll(placed.holders().values());
    if (!request.allowShared()) {
      assertThat(placed.holders().values()).as("seed %d", seed).doesNotHaveDuplicates();
      assertThat(request.siblings().values())
          .as("seed %d", seed)
          .doesNotContainAnyElementsOf(placed.holders().values());
      checkDomains(request, placed, seed);
    } else {
      checkEven(request, placed, usable, seed);
    }
    List<PeerId> all = new ArrayList<>(request.siblings().values());
    all.addAll(placed.holders().values());
    assertThat(placed.receipt().peerMargin())
        .as("seed %d", seed)
        .isEqualTo(Margin.of(all, request.parity()));
  }

  /** No shard could move to a peer that would then hold fewer than the one it left. */
  private static void checkEven(
      PlacementRequest request, Placed placed, Set<PeerId> usable, long seed) {
    Map<PeerId, Long> loads = new HashMap<>();
    usable.forEach(peer -> loads.put(peer, 0L));
    request.siblings().values().forEach(peer -> loads.merge(peer, 1L, Long::sum));
    placed.holders().values().forEach(peer -> loads.merge(peer, 1L, Long::sum));
    long least = usable.stream().mapToLong(peer -> loads.getOrDefault(peer, 0L)).min().orElse(0);
    placed
        .holders()
        .values()
        .forEach(
            peer -> assertThat(loads.get(peer)).as("seed %d", seed).isLessThanOrEqualTo(least + 1));
  }

  /** No shard could move to an unused peer of a domain that would then hold fewer. */
  private static void checkDomains(PlacementRequest request, Placed placed, long seed) {
    Map<PeerId, String> domains =
        request.candidates().stream()
            .collect(Collectors.toMap(Candidate::peer, c -> c.domains().getFirst()));
    List<PeerId> used = new ArrayList<>(request.siblings().values());
    used.addAll(placed.holders().values());
    Map<String, Long> loads =
        used.stream()
            .filter(domains::containsKey)
            .collect(Collectors.groupingBy(domains::get, Collectors.counting()));
    for (PeerId unused : without(usable(request), request)) {
      if (!used.contains(unused)) {
        long there = loads.getOrDefault(domains.get(unused), 0L);
        placed
            .holders()
            .values()
            .forEach(peer ->
                assertThat(loads.get(domains.get(peer)))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(there + 1));
      }
    }
  }

  private static PlacementRequest random(Random random) {
    List<Candidate> candidates = new ArrayList<>();
    int peers = random.nextInt(14);
    for (int i = 0; i < peers; i++) {
      String domain = "d" + random.nextInt(4);
      candidates.add(TestPeers.candidate(i, (100 + random.nextInt(1000)) * MIB, domain));
    }
    int columns = 1 + random.nextInt(10);
    List<Integer> missing = new ArrayList<>();
    Map<Integer, PeerId> siblings = new HashMap<>();
    for (int column = 0; column < columns; column++) {
      if (column == 0 || random.nextBoolean()) {
        missing.add(column);
      } else {
        siblings.put(column, TestPeers.peer(column));
      }
    }
    Set<PeerId> excluded = new HashSet<>();
    IntStream.range(0, random.nextInt(3))
        .forEach(_ -> excluded.add(TestPeers.peer(random.nextInt(14))));
    return new PlacementRequest(
        missing,
        siblings,
        random.nextInt(4),
        candidates,
        excluded,
        random.nextInt(3) == 0,
        MIB,
        random.nextLong());
  }

  private static Set<PeerId> usable(PlacementRequest request) {
    return request.candidates().stream()
        .map(Candidate::peer)
        .filter(peer -> !request.excluded().contains(peer))
        .collect(Collectors.toSet());
  }

  private static Set<PeerId> without(Set<PeerId> peers, PlacementRequest request) {
    return peers.stream()
        .filter(peer -> !request.siblings().containsValue(peer))
        .collect(Collectors.toSet());
  }

  private static PlacementRequest newGroup(List<Candidate> candidates, boolean shared, long seed) {
    return PlacementRequest.ofNewGroup(SIX, 2, candidates, shared, MIB, seed);
  }

  private static Placed placed(PlacementRequest request) {
    return (Placed) ShardPlacement.place(request);
  }

  private static Map<PeerId, Integer> counts(Placed placed) {
    Map<PeerId, Integer> counts = new HashMap<>();
    placed.holders().values().forEach(peer -> counts.merge(peer, 1, Integer::sum));
    return counts;
  }

  private static List<Long> domainCounts(Placed placed, List<Candidate> candidates, int level) {
    return List.copyOf(
        candidates.stream()
            .filter(c -> placed.holders().containsValue(c.peer()))
            .collect(
                Collectors.groupingBy(
                    c -> c.domains().subList(0, level + 1), Collectors.counting()))
            .values());
  }
}
