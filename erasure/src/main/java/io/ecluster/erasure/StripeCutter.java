package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the blocks of a short stripe evenly over the data columns, in order: the longest cell, whose
 * length each parity cell has, is as short as can be, and each cell is as near as can be to its
 * share of what is left.
 */
final class StripeCutter {
  private final List<Block> blocks;
  private final long limit;

  private StripeCutter(List<Block> blocks, int columns) {
    this.blocks = blocks;
    this.limit = smallestLimit(columns);
  }

  static List<List<Block>> cut(List<Block> blocks, int columns) {
    return new StripeCutter(blocks, columns).cut(columns);
  }

  private List<List<Block>> cut(int columns) {
    List<List<Block>> cells = new ArrayList<>(columns);
    int at = 0;
    for (int left = columns; left > 0; left--) {
      int end = endOfCell(at, left);
      cells.add(List.copyOf(blocks.subList(at, end)));
      at = end;
    }
    return cells;
  }

  /** The first cell of {@code left} ends when it has its share and the others can take the rest. */
  private int endOfCell(int from, int left) {
    long share = Math.ceilDiv(bytes(from), left);
    long sum = 0;
    int at = from;
    while (at < blocks.size() && sum + blocks.get(at).size() <= limit) {
      sum += blocks.get(at).size();
      at++;
      if (sum >= share && fits(at, left - 1, limit)) {
        break;
      }
    }
    return at;
  }

  private long smallestLimit(int columns) {
    long low = 0;
    long high = bytes(0);
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (fits(0, columns, middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Whether the blocks from {@code from} on fit into so many cells of so many bytes. */
  private boolean fits(int from, int columns, long cellBytes) {
    int used = 0;
    long room = 0;
    for (Block block : blocks.subList(from, blocks.size())) {
      if (used == 0 || block.size() > room) {
        used++;
        room = cellBytes;
      }
      room -= block.size();
      if (room < 0 || used > columns) {
        return false;
      }
    }
    return true;
  }

  private long bytes(int from) {
    return blocks.subList(from, blocks.size()).stream().mapToLong(Block::size).sum();
  }
}
