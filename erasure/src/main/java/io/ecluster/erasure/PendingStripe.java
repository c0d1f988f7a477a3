package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import java.util.ArrayList;
import java.util.List;

/** The stripe that is being filled, cell by cell. */
final class PendingStripe {
  private final int columns;
  private final int cellLimit;
  private final List<List<Block>> cells = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private long cellBytes;
  private int longest;

  PendingStripe(int columns, int cellLimit) {
    this.columns = columns;
    this.cellLimit = cellLimit;
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** Bytes of the longest cell. */
  int longest() {
    return longest;
  }

  /** Whether the open cell or a further one can take the block. */
  boolean hasCellFor(Block block) {
    return cells.size() < columns || fitsOpenCell(block);
  }

  void add(Block block) {
    if (!fitsOpenCell(block)) {
      cells.add(new ArrayList<>());
      cellBytes = 0;
    }
    cells.getLast().add(block);
    blocks.add(block);
    cellBytes += block.size();
    longest = Math.max(longest, (int) cellBytes);
  }

  /** The cells as they were filled. */
  List<List<Block>> full() {
    while (cells.size() < columns) {
      cells.add(List.of());
    }
    return cells;
  }

  /** The blocks cut anew, evenly over the columns. */
  List<List<Block>> cutEvenly() {
    return StripeCutter.cut(blocks, columns);
  }

  /** A block that is larger than a cell only ever begins one. */
  private boolean fitsOpenCell(Block block) {
    return !cells.isEmpty() && cellBytes + block.size() <= cellLimit;
  }
}
