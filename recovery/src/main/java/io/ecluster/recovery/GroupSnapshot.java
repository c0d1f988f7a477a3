package io.ecluster.recovery;

import io.ecluster.multiformats.PeerId;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A group as it was found. */
record GroupSnapshot(GroupRef ref, GroupShape shape, List<ColumnSnapshot> columns) {
  GroupSnapshot {
    columns = List.copyOf(columns);
    if (columns.size() != shape.dataShards() + shape.parityShards()) {
      throw new IllegalArgumentException(columns.size() + " columns in a group of " + ref);
    }
  }

  Stream<ColumnSnapshot> in(ColumnState state) {
    return columns.stream().filter(column -> column.state() == state);
  }

  /** Columns that have blocks. */
  Stream<ColumnSnapshot> full() {
    return columns.stream().filter(column -> column.state() != ColumnState.EMPTY);
  }

  /** Cells of a stripe that can be read. */
  BitSet readable(int stripe) {
    BitSet readable = new BitSet();
    columns.stream()
        .filter(column -> column.readable(stripe) && shape.bytes(stripe, column.column()) > 0)
        .forEach(column -> readable.set(column.column()));
    return readable;
  }

  /**
   * Whether two shards were given to one peer, dead or not: then the user has allowed it, or two
   * repairs that ran at once did it.
   */
  boolean sharesPeers() {
    List<PeerId> holders =
        columns.stream().map(ColumnSnapshot::holder).flatMap(Optional::stream).toList();
    return holders.stream().distinct().count() < holders.size();
  }
}
