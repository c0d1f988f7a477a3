package io.ecluster.allocator;

import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where the shards of a coded group go, or why they go nowhere. */
public sealed interface Placement {
  /** A holder for each column that was to be placed. */
  record Placed(SortedMap<Integer, PeerId> holders, Receipt receipt) implements Placement {
    public Placed {
      holders = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(holders));
    }
  }

  /**
   * Nothing is placed.
   *
   * @param needed peers the group needs, counting those that hold its other shards
   * @param live peers there are for it
   * @param message says both, and what to do
   */
  record Refused(int needed, int live, String message) implements Placement {}

  /**
   * What the placement is worth, counting the shards that were there before.
   *
   * @param peerMargin any so many peers may be lost
   * @param domainMargin any so many failure domains may be lost, at the outermost level
   * @param relaxed each soft rule that could not be kept, as a sentence for the user
   */
  record Receipt(int peerMargin, int domainMargin, List<String> relaxed) {
    public Receipt {
      relaxed = List.copyOf(relaxed);
    }
  }
}
