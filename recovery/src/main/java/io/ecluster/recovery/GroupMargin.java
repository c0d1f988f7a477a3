package io.ecluster.recovery;

import io.ecluster.allocator.Margin;
import io.ecluster.multiformats.PeerId;
import java.util.HashMap;
import java.util.Map;

/** The margin of a group as it was found. Its empty columns count as zeros, which nobody loses. */
final class GroupMargin {
  private GroupMargin() {}

  /** How many more shards may be lost, whichever they are. */
  static int inShards(GroupSnapshot group) {
    return inShards(group, wholeOnes(group));
  }

  /** How many peers may be lost, whichever they are. */
  static int inPeers(GroupSnapshot group) {
    return inPeers(group, wholeOnes(group));
  }

  /** The margin in peers once these hold these columns, and nobody any other. */
  static int inPeers(GroupSnapshot group, Map<Integer, PeerId> holders) {
    return Margin.of(holders.values(), inShards(group, holders));
  }

  private static int inShards(GroupSnapshot group, Map<Integer, PeerId> holders) {
    int empty = (int) group.in(ColumnState.EMPTY).count();
    return empty + holders.size() - group.shape().dataShards();
  }

  private static Map<Integer, PeerId> wholeOnes(GroupSnapshot group) {
    Map<Integer, PeerId> holders = new HashMap<>();
    group.columns().stream()
        .filter(c -> c.state() == ColumnState.HEALTHY || c.state() == ColumnState.SHARED)
        .forEach(c -> c.holder().ifPresent(holder -> holders.put(c.column(), holder)));
    return holders;
  }
}
