package io.ecluster.recovery;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.BitSet;
import java.util.Optional;

/**
 * A column as it was found.
 *
 * @param shard its shard node; none if it is empty
 * @param holder who is to hold it by its pin; none without pin
 * @param bytes of all its blocks
 * @param damaged stripes of which its cell cannot be read there
 */
record ColumnSnapshot(
    int column,
    Optional<Cid> shard,
    Optional<PeerId> holder,
    long bytes,
    ColumnState state,
    BitSet damaged) {
  ColumnSnapshot {
    damaged = (BitSet) damaged.clone();
  }

  static ColumnSnapshot empty(int column) {
    return new ColumnSnapshot(
        column, Optional.empty(), Optional.empty(), 0, ColumnState.EMPTY, new BitSet());
  }

  boolean readable(int stripe) {
    return state != ColumnState.LOST && state != ColumnState.EMPTY && !damaged.get(stripe);
  }

  ColumnSnapshot as(ColumnState other) {
    return new ColumnSnapshot(column, shard, holder, bytes, other, damaged);
  }
}
