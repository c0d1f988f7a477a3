package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Off-heap shards of equal size, laid out so that kernels run at full speed. */
final class ShardBuffers {
  /** A cache line, and the width of the widest vectors. */
  private static final long ALIGNMENT_BYTES = 64;

  private static final long PAGE_BYTES = 4096;

  /** Shards begin this far apart modulo a page, or stores to one would stall loads of another. */
  private static final long SKEW_BYTES = 256;

  private final MemorySegment memory;
  private final long stride;
  private final long capacity;

  private ShardBuffers(MemorySegment memory, long stride, long capacity) {
    this.memory = memory;
    this.stride = stride;
    this.capacity = capacity;
  }

  /** Zeroed room for {@code count} shards of at most {@code capacity} bytes. */
  static ShardBuffers allocate(Arena arena, int count, long capacity) {
    long stride = Math.ceilDiv(capacity, PAGE_BYTES) * PAGE_BYTES + SKEW_BYTES;
    return new ShardBuffers(arena.allocate(stride * count, ALIGNMENT_BYTES), stride, capacity);
  }

  long capacity() {
    return capacity;
  }

  /** The first {@code length} bytes of each shard in [from, to). */
  List<MemorySegment> slices(int from, int to, long length) {
    List<MemorySegment> slices = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      slices.add(memory.asSlice(i * stride, length));
    }
    return slices;
  }
}
