package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Computes a byte range of lost cells of one stripe from the same range of d others. A cell that is
 * only padding in that range is known without reading anything.
 */
final class StripeSolver {
  private final GroupNode group;
  private final int index;
  private final CodedStripe stripe;
  private final BitSet lost;
  private final int from;
  private final int to;

  StripeSolver(GroupNode group, int index, BitSet lost, int from, int to) {
    this.group = group;
    this.index = index;
    this.stripe = group.stripes().get(index);
    this.lost = lost;
    this.from = from;
    this.to = to;
  }

  /**
   * The range of each wanted column, in memory of the arena.
   *
   * @throws NotEnoughShardsException if fewer than d cells can be read
   */
  Map<Integer, MemorySegment> solve(CellReader reader, BitSet wanted, Arena arena) {
    SortedMap<Integer, List<CodedBlock>> offers = offers();
    BitSet known = padding();
    int need = Math.max(0, group.dataShards() - known.cardinality());
    Map<Integer, List<byte[]>> read = reader.read(index, offers, need);
    List<Integer> used = choose(read, offers, need, known.cardinality());
    used.forEach(known::set);

    List<MemorySegment> shards = shards(arena, used, wanted);
    used.forEach(column -> fill(shards.get(column), column, read.get(column)));
    ErasureCodes.of(group.dataShards(), group.parityShards()).reconstruct(shards, known, wanted);
    Map<Integer, MemorySegment> solved = new TreeMap<>();
    wanted.stream().forEach(column -> solved.put(column, shards.get(column)));
    return solved;
  }

  /**
   * Memory for the shards that matter. All others share one that stays zero, so that what a hostile
   * group node can make us allocate is bounded by what somebody had to send.
   */
  private List<MemorySegment> shards(Arena arena, List<Integer> used, BitSet wanted) {
    BitSet own = (BitSet) wanted.clone();
    used.forEach(own::set);
    int count = own.cardinality() + 1;
    List<MemorySegment> memory =
        ShardBuffers.allocate(arena, count, to - from).slices(0, count, to - from);
    List<MemorySegment> shards = new ArrayList<>(group.totalShards());
    for (int column = 0; column < group.totalShards(); column++) {
      shards.add(own.get(column) ? memory.get(own.get(0, column).cardinality()) : memory.getLast());
    }
    return shards;
  }

  private SortedMap<Integer, List<CodedBlock>> offers() {
    SortedMap<Integer, List<CodedBlock>> offers = new TreeMap<>();
    for (int column = 0; column < group.totalShards(); column++) {
      if (!lost.get(column) && stripe.cellBytes(column) > from) {
        offers.put(column, stripe.overlapping(column, from, to));
      }
    }
    return offers;
  }

  /** Columns that are only padding in the range, also lost ones: nobody has to store zeros. */
  private BitSet padding() {
    BitSet padding = new BitSet();
    for (int column = 0; column < group.dataShards(); column++) {
      if (stripe.cellBytes(column) <= from) {
        padding.set(column);
      }
    }
    return padding;
  }

  /** The columns to decode from: data before parity, since they make simpler sums. */
  private List<Integer> choose(
      Map<Integer, List<byte[]>> read,
      SortedMap<Integer, List<CodedBlock>> offers,
      int need,
      int padding) {
    List<Integer> usable =
        offers.keySet().stream()
            .filter(column -> isWhole(read.get(column), offers.get(column)))
            .toList();
    if (usable.size() < need) {
      List<Integer> missing = new ArrayList<>(lost.stream().boxed().toList());
      missing.removeIf(group::isEmpty);
      offers.keySet().stream().filter(column -> !usable.contains(column)).forEach(missing::add);
      missing.sort(null);
      throw new NotEnoughShardsException(
          group.index(), missing, usable.size() + padding, group.dataShards());
    }
    return usable.subList(0, need);
  }

  private static boolean isWhole(@Nullable List<byte[]> blocks, @Nullable List<CodedBlock> offer) {
    if (blocks == null || offer == null || blocks.size() != offer.size()) {
      return false;
    }
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).length != offer.get(i).size()) {
        return false;
      }
    }
    return true;
  }

  /** Copies what the blocks hold of the range. */
  private void fill(MemorySegment shard, int column, @Nullable List<byte[]> blocks) {
    int start = stripe.startOf(column, stripe.firstOverlapping(column, from));
    for (byte[] block : Objects.requireNonNull(blocks)) {
      int first = Math.max(start, from);
      int end = Math.min(start + block.length, to);
      if (first < end) {
        MemorySegment.copy(
            block, first - start, shard, ValueLayout.JAVA_BYTE, first - from, end - first);
      }
      start += block.length;
    }
  }
}
