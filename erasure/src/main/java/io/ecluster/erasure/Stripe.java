package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import java.util.List;

/**
 * One stripe with its bytes: for each of d data and p parity columns the blocks of its cell, data
 * blocks under the CIDs of the user's DAG.
 *
 * @param group number of the group
 * @param index number of the stripe in the group
 */
public record Stripe(int group, int index, List<List<Block>> columns) {
  public Stripe {
    columns = List.copyOf(columns);
  }

  /** The blocks of a column under the raw CIDs with which they travel and are put. */
  public List<Block> carried(int column) {
    return columns.get(column).stream().map(Stripe::carried).toList();
  }

  /** Bytes of all blocks, data and parity. */
  public long bytes() {
    return columns.stream().flatMap(List::stream).mapToLong(Block::size).sum();
  }

  private static Block carried(Block block) {
    return new Block(block.cid().rawAlias(), block.data());
  }
}
