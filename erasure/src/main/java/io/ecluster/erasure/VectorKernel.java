package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * What kernels that use vector instructions have in common. They work on raw addresses: with a
 * segment per shard the checks stay in the inner loop and cost a quarter of the speed. So all
 * checks are made here, once per call: that segments are native, alive, and as long as is said; and
 * they are kept reachable until the work is done.
 */
abstract class VectorKernel implements Kernel {
  /** All of memory. */
  @SuppressWarnings("restricted")
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Sums of so many bytes stay in a first-level cache while input after input is added. */
  private static final int BLOCK_BYTES = 4096;

  /** Kernels do multiples of the widest vector; what is left is done by the portable one. */
  private static final int STEP_BYTES = 64;

  /** Sets all outputs to the sums of products, in [offset, offset + length). */
  @FunctionalInterface
  interface Summer {
    void sum(long[] in, long[] out, long offset, int length);
  }

  /** The tables for one matrix. */
  abstract Summer prepareSummer(Matrix matrix);

  @Override
  public final Multiplier prepare(Matrix matrix) {
    Summer summer = prepareSummer(matrix);
    Multiplier portable = Kernels.PORTABLE.prepare(matrix);
    return (in, out, length) -> {
      long whole = length - length % STEP_BYTES;
      if (whole > 0) {
        multiply(summer, in, out, whole);
      }
      if (whole < length) {
        portable.apply(rest(in, whole), rest(out, whole), length - whole);
      }
    };
  }

  private static void multiply(
      Summer summer, MemorySegment[] in, MemorySegment[] out, long length) {
    if (allNative(in) && allNative(out)) {
      multiplyNative(summer, in, out, length);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] nativeIn = copies(arena, in, length);
      MemorySegment[] nativeOut = copies(arena, out, length);
      multiplyNative(summer, nativeIn, nativeOut, length);
      for (int i = 0; i < out.length; i++) {
        MemorySegment.copy(nativeOut[i], 0, out[i], 0, length);
      }
    }
  }

  private static void multiplyNative(
      Summer summer, MemorySegment[] in, MemorySegment[] out, long length) {
    try {
      long[] from = addresses(in, length);
      long[] to = addresses(out, length);
      for (long at = 0; at < length; at += BLOCK_BYTES) {
        int count = (int) Math.min(BLOCK_BYTES, length - at);
        summer.sum(from, to, at, count);
      }
    } finally {
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  private static boolean allNative(MemorySegment[] segments) {
    for (MemorySegment segment : segments) {
      if (!segment.isNative()) {
        return false;
      }
    }
    return true;
  }

  private static long[] addresses(MemorySegment[] segments, long length) {
    long[] addresses = new long[segments.length];
    for (int i = 0; i < addresses.length; i++) {
      if (!segments[i].scope().isAlive() || segments[i].byteSize() < length) {
        throw new IllegalStateException("segment is closed or short");
      }
      addresses[i] = segments[i].address();
    }
    return addresses;
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
