package io.ecluster.erasure;

import java.lang.foreign.MemorySegment;

/** A way to multiply shards by a matrix. All kernels give the same bytes. */
interface Kernel {
  /** Tables for one matrix, made once and used by many threads. */
  Multiplier prepare(Matrix matrix);

  /** Whether it is so plain that its results need no checking. */
  default boolean isPlain() {
    return false;
  }

  /** Matrix times input, byte position by byte position. */
  @FunctionalInterface
  interface Multiplier {
    /**
     * Sets {@code out[r]} to the sum over c of matrix(r, c) times {@code in[c]}. All segments are
     * {@code length} bytes and no output overlaps an input.
     */
    void apply(MemorySegment[] in, MemorySegment[] out, long length);
  }
}
