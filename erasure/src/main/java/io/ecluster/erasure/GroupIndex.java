package io.ecluster.erasure;

import io.ecluster.multiformats.Multihash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds blocks of a group, data and parity, by multihash. Disposable: made from the group node. */
public final class GroupIndex {
  private final Map<Multihash, BlockPlace> places = new HashMap<>();

  public GroupIndex(GroupNode group) {
    for (int stripe = 0; stripe < group.stripes().size(); stripe++) {
      for (int column = 0; column < group.totalShards(); column++) {
        index(stripe, column, group.stripes().get(stripe).cell(column));
      }
    }
  }

  /** Where a block is; of a parity block that equals another, one of the places. */
  public Optional<BlockPlace> find(Multihash hash) {
    return Optional.ofNullable(places.get(hash));
  }

  private void index(int stripe, int column, List<CodedBlock> cell) {
    for (int position = 0; position < cell.size(); position++) {
      places.putIfAbsent(cell.get(position).hash(), new BlockPlace(stripe, column, position));
    }
  }
}
