package io.ecluster.recovery;

import io.ecluster.erasure.Margin;
import io.ecluster.multiformats.PeerId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** The margin of a group as it was found. */
final class GroupMargin {
  private GroupMargin() {}

  static int inShards(GroupSnapshot group) {
    return Margin.inShards(group.shape().dataShards(), healthy(group));
  }

  static int inPeers(GroupSnapshot group) {
    return Margin.inPeers(group.shape().dataShards(), healthy(group), wholeOnes(group));
  }

  /** The margin once these peers hold these columns, and nobody any other. */
  static int inPeers(GroupSnapshot group, Map<Integer, PeerId> holders) {
    BitSet healthy = new BitSet();
    group.in(ColumnState.EMPTY).forEach(column -> healthy.set(column.column()));
    holders.keySet().forEach(healthy::set);
    return Margin.inPeers(group.shape().dataShards(), healthy, holders);
  }

  private static BitSet healthy(GroupSnapshot group) {
    BitSet healthy = new BitSet();
    group.in(ColumnState.EMPTY).forEach(column -> healthy.set(column.column()));
    wholeOnes(group).keySet().forEach(healthy::set);
    return healthy;
  }

  private static Map<Integer, PeerId> wholeOnes(GroupSnapshot group) {
    Map<Integer, PeerId> holders = new HashMap<>();
    group.columns().stream()
        .filter(c -> c.state() == ColumnState.HEALTHY || c.state() == ColumnState.SHARED)
        .forEach(c -> c.holder().ifPresent(holder -> holders.put(c.column(), holder)));
    return holders;
  }
}
