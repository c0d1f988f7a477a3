package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Rebuilds whole lost columns, stripe by stripe, for repair. A stripe costs d cells to read however
 * many columns are lost, and nothing when it has no block in any of them.
 */
public final class ColumnRebuilder {
  private final GroupNode group;
  private final BitSet lost = new BitSet();
  private final CellReader reader;

  /**
   * A rebuilder of these columns.
   *
   * @param lost the columns to rebuild, from which nothing is read
   */
  public ColumnRebuilder(GroupNode group, Set<Integer> lost, CellReader reader) {
    this.group = group;
    this.reader = reader;
    lost.forEach(this.lost::set);
  }

  public int stripeCount() {
    return group.stripes().size();
  }

  /**
   * The blocks of one stripe in each lost column, under their raw CIDs, each checked against its
   * hash.
   *
   * @throws NotEnoughShardsException if fewer than d other cells can be read
   * @throws InconsistentGroupException if what comes out is not what the group node says
   */
  public Map<Integer, List<Block>> rebuild(int stripeIndex) {
    CodedStripe stripe = group.stripes().get(stripeIndex);
    BitSet wanted = new BitSet();
    lost.stream().filter(column -> stripe.cellBytes(column) > 0).forEach(wanted::set);
    Map<Integer, List<Block>> columns = new TreeMap<>();
    try (Arena arena = Arena.ofConfined()) {
      Map<Integer, MemorySegment> solved = solve(stripe, stripeIndex, wanted, arena);
      lost.stream()
          .forEach(column ->
              columns.put(
                  column,
                  cut(stripeIndex, column, solved.getOrDefault(column, MemorySegment.NULL))));
    }
    return columns;
  }

  private Map<Integer, MemorySegment> solve(
      CodedStripe stripe, int stripeIndex, BitSet wanted, Arena arena) {
    int length = wanted.stream().map(stripe::cellBytes).max().orElse(0);
    return wanted.isEmpty()
        ? Map.of()
        : new StripeSolver(group, stripeIndex, lost, 0, length).solve(reader, wanted, arena);
  }

  private List<Block> cut(int stripeIndex, int column, MemorySegment cell) {
    List<Block> blocks = new ArrayList<>();
    long at = 0;
    for (CodedBlock block : group.stripes().get(stripeIndex).cell(column)) {
      byte[] bytes = cell.asSlice(at, block.size()).toArray(ValueLayout.JAVA_BYTE);
      if (!block.matches(bytes)) {
        throw new InconsistentGroupException(group.index(), stripeIndex, column, block);
      }
      blocks.add(new Block(block.rawCid(), bytes));
      at += block.size();
    }
    return blocks;
  }
}
