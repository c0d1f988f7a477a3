package io.ecluster.allocator;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How many losses a group can stand. A margin below zero is the number of shards wanting. */
public final class Margin {
  private Margin() {}

  /**
   * The largest k such that losing any k holders leaves a group decodable, that is, such that the k
   * holders with most shards have no more than {@code spare} together.
   *
   * @param holders for each shard that is there, its holder: a peer, or a failure domain
   * @param spare shards that may still be lost: the parity less what is lost already
   * @return {@code spare} if that is below zero: too many are lost already
   */
  public static int of(Collection<?> holders, int spare) {
    if (spare < 0) {
      return spare;
    }
    List<Long> loads =
        holders.stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
            .values()
            .stream()
            .sorted(Comparator.reverseOrder())
            .toList();
    return lossesWithin(loads, spare);
  }

  private static int lossesWithin(List<Long> loads, int spare) {
    long lost = 0;
    int margin = 0;
    for (long load : loads) {
      lost += load;
      if (lost > spare) {
        break;
      }
      margin++;
    }
    return margin;
  }
}
