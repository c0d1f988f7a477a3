package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.function.ToLongFunction;

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

  /** Adds the products of all inputs to all outputs, in [offset, offset + length). */
  @FunctionalInterface
  interface Adder {
    void add(long[] in, long[] out, long offset, int length);
  }

  /** The tables for one matrix. */
  abstract Adder prepareAdder(Matrix matrix);

  @Override
  public final Multiplier prepare(Matrix matrix) {
    Adder adder = prepareAdder(matrix);
    Multiplier portable = Kernels.PORTABLE.prepare(matrix);
    return (in, out, length) -> {
      long whole = length - length % STEP_BYTES;
      if (whole > 0) {
        multiply(adder, in, out, whole);
      }
      if (whole < length) {
        portable.apply(rest(in, whole), rest(out, whole), length - whole);
      }
    };
  }

  private static void multiply(Adder adder, MemorySegment[] in, MemorySegment[] out, long length) {
    if (allNative(in) && allNative(out)) {
      multiplyNative(adder, in, out, length);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] nativeIn = copies(arena, in, length);
      MemorySegment[] nativeOut = copies(arena, out, length);
      multiplyNative(adder, nativeIn, nativeOut, length);
      for (int i = 0; i < out.length; i++) {
        MemorySegment.copy(nativeOut[i], 0, out[i], 0, length);
      }
    }
  }

  private static void multiplyNative(
      Adder adder, MemorySegment[] in, MemorySegment[] out, long length) {
    try {
      long[] from = addresses(in, segment -> checked(segment, length).address());
      long[] to = addresses(out, segment -> checked(segment, length).address());
      for (long at = 0; at < length; at += BLOCK_BYTES) {
        int count = (int) Math.min(BLOCK_BYTES, length - at);
        for (MemorySegment segment : out) {
          segment.asSlice(at, count).fill((byte) 0);
        }
        adder.add(from, to, at, count);
      }
    } finally {
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(out);
    }
  }

  private static MemorySegment checked(MemorySegment segment, long length) {
    if (!segment.scope().isAlive() || segment.byteSize() < length) {
      throw new IllegalStateException("segment is closed or short");
    }
    return segment;
  }

  private static boolean allNative(MemorySegment[] segments) {
    return Arrays.stream(segments).allMatch(MemorySegment::isNative);
  }

  private static long[] addresses(MemorySegment[] segments, ToLongFunction<MemorySegment> address) {
    return Arrays.stream(segments).mapToLong(address).toArray();
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
