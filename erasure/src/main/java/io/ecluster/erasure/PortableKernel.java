package io.ecluster.erasure;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The kernel that runs anywhere, in loops so plain that the compiler makes vector instructions of
 * them. An output is the sum over the eight bits of its coefficients, by Horner's rule: double what
 * there is (in eight bytes of a long at once), then add the inputs whose coefficient has the next
 * lower bit. That takes no table, and seven doublings an output, however many inputs there are.
 */
final class PortableKernel implements Kernel {
  /** The chunks of a few inputs stay in a first-level cache, and loops are long enough to pay. */
  private static final int CHUNK_BYTES = 2048;

  private static final int CHUNK_LONGS = CHUNK_BYTES / Long.BYTES;

  private static final long HIGH_BITS = 0x8080808080808080L;

  /** What is left of x^8 modulo the polynomial, in each byte. */
  private static final long REDUCTION = 0x1D1D1D1D1D1D1D1DL;

  @Override
  public Multiplier prepare(Matrix matrix) {
    int[][][] inputs = new int[matrix.rowCount()][Byte.SIZE][];
    for (int row = 0; row < inputs.length; row++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        inputs[row][bit] = inputsWithBit(matrix, row, bit);
      }
    }
    return (in, out, length) -> multiply(inputs, in, out, length);
  }

  @Override
  public boolean isPlain() {
    return true;
  }

  private static int[] inputsWithBit(Matrix matrix, int row, int bit) {
    return IntStream.range(0, matrix.columnCount())
        .filter(column -> (matrix.at(row, column) >> bit & 1) == 1)
        .toArray();
  }

  private static void multiply(
      int[][][] inputs, MemorySegment[] in, MemorySegment[] out, long length) {
    long[][] chunks = new long[in.length][CHUNK_LONGS];
    long[] sum = new long[CHUNK_LONGS];
    for (long at = 0; at < length; at += CHUNK_BYTES) {
      long count = Math.min(CHUNK_BYTES, length - at);
      for (int c = 0; c < in.length; c++) {
        MemorySegment.copy(in[c], at, MemorySegment.ofArray(chunks[c]), 0, count);
      }
      for (int row = 0; row < out.length; row++) {
        sum(inputs[row], chunks, sum);
        MemorySegment.copy(MemorySegment.ofArray(sum), 0, out[row], at, count);
      }
    }
  }

  private static void sum(int[][] inputsOfBit, long[][] chunks, long[] sum) {
    Arrays.fill(sum, 0);
    add(inputsOfBit[Byte.SIZE - 1], 0, chunks, sum);
    for (int bit = Byte.SIZE - 2; bit >= 0; bit--) {
      int[] inputs = inputsOfBit[bit];
      if (inputs.length >= 2) {
        doubleAndAddTwo(sum, chunks[inputs[0]], chunks[inputs[1]]);
        add(inputs, 2, chunks, sum);
      } else {
        doubleAll(sum);
        add(inputs, 0, chunks, sum);
      }
    }
  }

  /** Adds the chunks of the inputs from {@code first} on, several in one pass. */
  private static void add(int[] inputs, int first, long[][] chunks, long[] sum) {
    int i = first;
    for (; i + 4 <= inputs.length; i += 4) {
      addFour(
          sum,
          chunks[inputs[i]],
          chunks[inputs[i + 1]],
          chunks[inputs[i + 2]],
          chunks[inputs[i + 3]]);
    }
    for (; i < inputs.length; i++) {
      addOne(sum, chunks[inputs[i]]);
    }
  }

  private static void doubleAll(long[] sum) {
    for (int i = 0; i < CHUNK_LONGS; i++) {
      long high = sum[i] & HIGH_BITS;
      sum[i] = ((sum[i] ^ high) << 1) ^ ((high - (high >>> 7)) & REDUCTION);
    }
  }

  private static void doubleAndAddTwo(long[] sum, long[] a, long[] b) {
    for (int i = 0; i < CHUNK_LONGS; i++) {
      long high = sum[i] & HIGH_BITS;
      sum[i] = ((sum[i] ^ high) << 1) ^ ((high - (high >>> 7)) & REDUCTION) ^ a[i] ^ b[i];
    }
  }

  private static void addOne(long[] sum, long[] a) {
    for (int i = 0; i < CHUNK_LONGS; i++) {
      sum[i] ^= a[i];
    }
  }

  private static void addFour(long[] sum, long[] a, long[] b, long[] c, long[] d) {
    for (int i = 0; i < CHUNK_LONGS; i++) {
      sum[i] ^= a[i] ^ b[i] ^ c[i] ^ d[i];
    }
  }
}
