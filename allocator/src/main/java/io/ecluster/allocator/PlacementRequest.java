package io.ecluster.allocator;

import io.ecluster.multiformats.PeerId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Shards of one coded group that want holders.
 *
 * @param columns columns to place, without those that have no blocks
 * @param siblings columns of the group that stay where they are, with their holders
 * @param parity how many columns may be lost
 * @param candidates live peers
 * @param excluded peers that must not get any
 * @param allowShared whether a peer may get several shards when there are too few peers
 * @param bytesPerColumn what each column will take; an estimate will do
 * @param seed spreads groups: the same seed gives the same answer, another one another
 */
public record PlacementRequest(
    List<Integer> columns,
    Map<Integer, PeerId> siblings,
    int parity,
    List<Candidate> candidates,
    Set<PeerId> excluded,
    boolean allowShared,
    long bytesPerColumn,
    long seed) {

  public PlacementRequest {
    columns = List.copyOf(new TreeSet<>(columns));
    siblings = Map.copyOf(siblings);
    candidates = List.copyOf(candidates);
    excluded = Set.copyOf(excluded);
    if (columns.stream().anyMatch(siblings::containsKey)) {
      throw new IllegalArgumentException(
          "columns " + columns + " overlap with those placed already: " + siblings.keySet());
    }
    if (parity < 0 || bytesPerColumn < 0) {
      throw new IllegalArgumentException(
          "parity " + parity + " and bytes " + bytesPerColumn + " must not be negative");
    }
    requireSameDepth(candidates);
  }

  /** A request for a group of which nothing is placed yet. */
  public static PlacementRequest ofNewGroup(
      Collection<Integer> columns,
      int parity,
      List<Candidate> candidates,
      boolean allowShared,
      long bytesPerColumn,
      long seed) {
    return new PlacementRequest(
        List.copyOf(columns),
        Map.of(),
        parity,
        candidates,
        Set.of(),
        allowShared,
        bytesPerColumn,
        seed);
  }

  private static void requireSameDepth(List<Candidate> candidates) {
    long depths = candidates.stream().map(c -> c.domains().size()).distinct().count();
    long peers = candidates.stream().map(Candidate::peer).distinct().count();
    if (depths > 1 || peers < candidates.size()) {
      throw new IllegalArgumentException(
          "candidates must be different peers with equally many failure domains: " + candidates);
    }
  }
}
