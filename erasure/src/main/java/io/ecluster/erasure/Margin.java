package io.ecluster.erasure;

import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How much more can be lost. A margin below zero is the number of shards that are wanting. */
public final class Margin {
  private Margin() {}

  /** The columns that count as healthy: empty ones, and those of which that is known. */
  public static BitSet healthy(GroupNode group, Collection<Integer> healthyShards) {
    BitSet healthy = new BitSet();
    healthyShards.forEach(healthy::set);
    for (int column = 0; column < group.dataShards(); column++) {
      if (group.isEmpty(column)) {
        healthy.set(column);
      }
    }
    return healthy;
  }

  /** How many more shards of a group may be lost, whichever they are. */
  public static int inShards(int dataShards, BitSet healthy) {
    return healthy.cardinality() - dataShards;
  }

  /**
   * The largest number of peers such that losing any so many leaves the group decodable; below zero
   * when it is not decodable now.
   *
   * @param healthy columns that are healthy, empty ones among them
   * @param holders the peer that has each column; empty columns have none
   */
  public static <P> int inPeers(int dataShards, BitSet healthy, Map<Integer, P> holders) {
    int spare = inShards(dataShards, healthy);
    if (spare < 0) {
      return spare;
    }
    List<Long> heaviest =
        holders.entrySet().stream()
            .filter(holder -> healthy.get(holder.getKey()))
            .collect(Collectors.groupingBy(Map.Entry::getValue, Collectors.counting()))
            .values()
            .stream()
            .sorted(Comparator.reverseOrder())
            .toList();
    return peersThatMayGo(heaviest, spare);
  }

  /** The margin of several groups: that of the weakest. */
  public static <G> int weakest(Collection<G> groups, Function<G, Integer> margin) {
    return groups.stream().map(margin).min(Comparator.naturalOrder()).orElseThrow();
  }

  private static int peersThatMayGo(List<Long> heaviest, int spare) {
    long lost = 0;
    int peers = 0;
    for (long shards : heaviest) {
      lost += shards;
      if (lost > spare) {
        return peers;
      }
      peers++;
    }
    return peers;
  }
}
