package io.ecluster.recovery;

import io.ecluster.erasure.CodedStripe;
import io.ecluster.erasure.GroupNode;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What planning needs to know of a group node: the bytes of each cell of each stripe. Far smaller
 * than the node, so that many damaged groups can be planned together.
 */
final class GroupShape {
  private final int dataShards;
  private final int parityShards;
  private final int[][] cells;

  /**
   * @param cells for each stripe the bytes of its cells
   */
  GroupShape(int dataShards, int parityShards, int[][] cells) {
    this.dataShards = dataShards;
    this.parityShards = parityShards;
    this.cells = cells;
  }

  static GroupShape of(GroupNode node) {
    List<CodedStripe> stripes = node.stripes();
    int[][] cells = new int[stripes.size()][node.totalShards()];
    for (int stripe = 0; stripe < cells.length; stripe++) {
      for (int column = 0; column < node.totalShards(); column++) {
        cells[stripe][column] = stripes.get(stripe).cellBytes(column);
      }
    }
    return new GroupShape(node.dataShards(), node.parityShards(), cells);
  }

  int dataShards() {
    return dataShards;
  }

  int parityShards() {
    return parityShards;
  }

  int stripes() {
    return cells.length;
  }

  int bytes(int stripe, int column) {
    return cells[stripe][column];
  }

  /** Bytes of a column in some stripes. */
  long bytes(BitSet stripes, int column) {
    return stripes.stream().mapToLong(stripe -> cells[stripe][column]).sum();
  }

  BitSet allStripes() {
    BitSet all = new BitSet();
    all.set(0, cells.length);
    return all;
  }

  /** How many data cells of a stripe are only padding: nobody has to store zeros. */
  int padding(int stripe) {
    return (int)
        IntStream.range(0, dataShards).filter(column -> cells[stripe][column] == 0).count();
  }

  /**
   * Bytes to read for rebuilding cells of a stripe.
   *
   * @param wanted the cells to rebuild
   * @param readable the cells that can be read
   */
  long bytesToRebuild(int stripe, BitSet wanted, BitSet readable) {
    int longest = wanted.stream().map(column -> cells[stripe][column]).max().orElse(0);
    if (longest == 0) {
      return 0;
    }
    return readable.stream()
        .filter(column -> cells[stripe][column] > 0)
        .limit(Math.max(0, dataShards - padding(stripe)))
        .mapToLong(column -> Math.min(longest, cells[stripe][column]))
        .sum();
  }
}
