package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MarginTest {
  @ParameterizedTest(name = "{1} healthy of which {0} are needed: {2}")
  @CsvSource({"4,6,2", "4,5,1", "4,4,0", "4,3,-1", "1,1,0", "10,14,4"})
  void inShardsIsWhatIsHealthyBeyondNeed(int dataShards, int healthy, int margin) {
    assertThat(Margin.inShards(dataShards, firstBits(healthy))).isEqualTo(margin);
  }

  @Test
  void emptyColumnsAreHealthy() {
    GroupNode group =
        TestBlocks.code(
                new CodeParameters(4, 2, 100, 1000), TestBlocks.raws(new SplittableRandom(1), 50))
            .groups()
            .getFirst();
    assertThat(Margin.healthy(group, Set.of(0, 4, 5)).cardinality()).isEqualTo(6);
    assertThat(Margin.inShards(4, Margin.healthy(group, Set.of(5)))).isZero();
    Map<Integer, String> holders = Map.of(0, "a", 4, "b", 5, "c");
    assertThat(Margin.inPeers(4, Margin.healthy(group, Set.of(0, 4, 5)), holders)).isEqualTo(2);
  }

  @Test
  void onePeerAShardIsTheMarginInShards() {
    Map<Integer, Integer> holders = Map.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5);
    assertThat(Margin.inPeers(4, firstBits(6), holders)).isEqualTo(2);
    assertThat(Margin.inPeers(4, firstBits(4), holders)).isZero();
    assertThat(Margin.inPeers(4, firstBits(3), holders)).isEqualTo(-1);
  }

  @Test
  void sharedPeersCostMore() {
    assertThat(Margin.inPeers(4, firstBits(6), Map.of(0, 0, 1, 0, 2, 1, 3, 1, 4, 2, 5, 2)))
        .isEqualTo(1);
    assertThat(Margin.inPeers(4, firstBits(6), Map.of(0, 0, 1, 0, 2, 0, 3, 1, 4, 1, 5, 1)))
        .isZero();
    assertThat(Margin.inPeers(4, firstBits(6), Map.of(0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0)))
        .isZero();
  }

  @Test
  void inPeersIsWhatTryingAllLossesGives() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      int dataShards = random.nextInt(1, 5);
      int shards = dataShards + random.nextInt(1, 4);
      int peers = random.nextInt(1, 6);
      BitSet healthy = new BitSet();
      Map<Integer, Integer> holders = new HashMap<>();
      for (int column = 0; column < shards; column++) {
        holders.put(column, random.nextInt(peers));
        healthy.set(column, random.nextInt(5) > 0);
      }
      assertThat(Margin.inPeers(dataShards, healthy, holders))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(byTrying(dataShards, healthy, holders, peers));
    }
  }

  @Test
  void severalGroupsAreAsStrongAsTheWeakest() {
    assertThat(Margin.weakest(List.of(2, 1, 2), margin -> margin)).isEqualTo(1);
  }

  private static int byTrying(
      int dataShards, BitSet healthy, Map<Integer, Integer> holders, int peers) {
    int spare = healthy.cardinality() - dataShards;
    if (spare < 0) {
      return spare;
    }
    int margin = peersInUse(healthy, holders);
    for (int lost = 0; lost < 1 << peers; lost++) {
      int pattern = lost;
      long left = healthy.stream().filter(c -> (pattern >> peerOf(holders, c) & 1) == 0).count();
      if (left < dataShards) {
        margin = Math.min(margin, Integer.bitCount(lost) - 1);
      }
    }
    return margin;
  }

  private static int peerOf(Map<Integer, Integer> holders, int column) {
    return Objects.requireNonNull(holders.get(column));
  }

  private static int peersInUse(BitSet healthy, Map<Integer, Integer> holders) {
    List<Integer> used = new ArrayList<>();
    healthy.stream().forEach(column -> used.add(peerOf(holders, column)));
    return (int) used.stream().distinct().count();
  }

  private static BitSet firstBits(int count) {
    BitSet bits = new BitSet();
    bits.set(0, count);
    return bits;
  }
}
