package io.ecluster.core.cluster;

import io.ecluster.multiformats.PeerId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Chooses peers for the shards of an erasure-coded group. */
@FunctionalInterface
public interface ShardAllocator {
  /**
   * A holder for each column.
   *
   * @throws NotEnoughPeersException if there are too few peers
   */
  Allotment allocate(Request request);

  /**
   * Shards that want holders.
   *
   * @param columns columns to place, without those that have no blocks
   * @param siblings columns of the group that stay where they are, with their holders
   * @param parityShards how many columns may be lost
   * @param live peers that answer
   * @param excluded peers that failed
   * @param allowShared whether a peer may get several shards when there are too few peers
   * @param bytesPerColumn what each column will take at most
   */
  record Request(
      List<Integer> columns,
      Map<Integer, PeerId> siblings,
      int parityShards,
      List<LivePeer> live,
      Set<PeerId> excluded,
      boolean allowShared,
      long bytesPerColumn) {
    public Request {
      columns = List.copyOf(columns);
      siblings = Map.copyOf(siblings);
      live = List.copyOf(live);
      excluded = Set.copyOf(excluded);
    }
  }

  /**
   * Where they go.
   *
   * @param margin any so many peers may be lost, counting the siblings
   * @param relaxed wishes that could not be met, in words
   */
  record Allotment(SortedMap<Integer, PeerId> holders, int margin, List<String> relaxed) {
    public Allotment {
      holders = Collections.unmodifiableSortedMap(new TreeMap<>(holders));
      relaxed = List.copyOf(relaxed);
    }
  }
}
