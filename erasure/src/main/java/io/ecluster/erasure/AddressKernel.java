package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * What kernels that work on raw addresses have in common. With a segment per shard the checks stay
 * in the inner loop of vector code and cost a quarter of the speed; machine code knows none. So all
 * checks are made here, once per call: that there are as many segments as the matrix has columns
 * and rows, and that each is native, alive, open to this thread, and as long as is said; and they
 * are kept reachable until the work is done.
 */
abstract class AddressKernel implements Kernel {
  /** All of memory. */
  @SuppressWarnings("restricted")
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Sums of so many bytes stay in a first-level cache while input after input is added. */
  private static final int BLOCK_BYTES = 4096;

  /** The widest vector. */
  private static final int STEP_BYTES = 64;

  /** Sets all outputs to the sums of products, in [offset, offset + length). */
  @FunctionalInterface
  interface Summer {
    void sum(long[] in, long[] out, long offset, int length);
  }

  /** The tables for one matrix. */
  abstract Summer prepareSummer(Matrix matrix);

  /** Lengths that summers take are multiples of this; what is left is for the portable kernel. */
  int stepBytes() {
    return STEP_BYTES;
  }

  /** The most bytes of each shard that a summer is given at a time. */
  int blockBytes(Matrix matrix) {
    return BLOCK_BYTES;
  }

  @Override
  public Multiplier prepare(Matrix matrix) {
    Summer summer = prepareSummer(matrix);
    Multiplier portable = Kernels.PORTABLE.prepare(matrix);
    int step = stepBytes();
    int block = blockBytes(matrix);
    return (in, out, length) -> {
      requireCounts(matrix, in, out);
      long whole = length - length % step;
      if (whole > 0) {
        multiply(summer, block, in, out, whole);
      }
      if (whole < length) {
        portable.apply(rest(in, whole), rest(out, whole), length - whole);
      }
    };
  }

  private static void requireCounts(Matrix matrix, MemorySegment[] in, MemorySegment[] out) {
    if (in.length != matrix.columnCount() || out.length != matrix.rowCount()) {
      throw new IllegalArgumentException(
          "%d inputs and %d outputs for a matrix of %d columns and %d rows"
              .formatted(in.length, out.length, matrix.columnCount(), matrix.rowCount()));
    }
  }

  private static void multiply(
      Summer summer, int block, MemorySegment[] in, MemorySegment[] out, long length) {
    if (allPlainMemory(in) && allPlainMemory(out)) {
      multiplyNative(summer, block, in, out, length);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] nativeIn = copies(arena, in, length);
      MemorySegment[] nativeOut = copies(arena, out, length);
      multiplyNative(summer, block, nativeIn, nativeOut, length);
      for (int i = 0; i < out.length; i++) {
        MemorySegment.copy(nativeOut[i], 0, out[i], 0, length);
      }
    }
  }

  private static void multiplyNative(
      Summer summer, int block, MemorySegment[] in, MemorySegment[] out, long length) {
    try {
      long[] from = addresses(in, length);
      long[] to = addresses(out, length);
      requireWritable(out);
      for (long at = 0; at < length; at += block) {
        summer.sum(from, to, at, (int) Math.min(block, length - at));
      }
    } finally {
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  /** Not of the heap; nor of a file, which others may cut: only checked accesses survive that. */
  private static boolean allPlainMemory(MemorySegment[] segments) {
    for (MemorySegment segment : segments) {
      if (!segment.isNative() || segment.isMapped()) {
        return false;
      }
    }
    return true;
  }

  private static long[] addresses(MemorySegment[] segments, long length) {
    long[] addresses = new long[segments.length];
    for (int i = 0; i < addresses.length; i++) {
      if (!segments[i].scope().isAlive()
          || !segments[i].isAccessibleBy(Thread.currentThread())
          || segments[i].byteSize() < length) {
        throw new IllegalStateException("segment is closed, another thread's, or short");
      }
      addresses[i] = segments[i].address();
    }
    return addresses;
  }

  private static void requireWritable(MemorySegment[] segments) {
    for (MemorySegment segment : segments) {
      if (segment.isReadOnly()) {
        throw new IllegalArgumentException("output may only be read");
      }
    }
  }

  private static MemorySegment[] copies(Arena arena, MemorySegment[] segments, long length) {
    MemorySegment[] copies = new MemorySegment[segments.length];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = arena.allocate(length, STEP_BYTES);
      MemorySegment.copy(segments[i], 0, copies[i], 0, length);
    }
    return copies;
  }

  private static MemorySegment[] rest(MemorySegment[] segments, long from) {
    return Arrays.stream(segments)
        .map(segment -> segment.asSlice(from))
        .toArray(MemorySegment[]::new);
  }
}
