package io.ecluster.erasure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The kernel that runs anywhere: one table look-up per input byte serves up to eight outputs, whose
 * products lie side by side in a long.
 */
final class PortableKernel implements Kernel {
  /** Small enough that a chunk of every input and the sums stay in a first-level cache. */
  private static final int CHUNK_BYTES = 2048;

  private static final int OUTPUTS_PER_PASS = Long.BYTES;

  @Override
  public Multiplier prepare(Matrix matrix) {
    int passes = (matrix.rowCount() + OUTPUTS_PER_PASS - 1) / OUTPUTS_PER_PASS;
    long[][][] tables = new long[passes][matrix.columnCount()][];
    for (int pass = 0; pass < passes; pass++) {
      for (int c = 0; c < matrix.columnCount(); c++) {
        tables[pass][c] = table(matrix, pass * OUTPUTS_PER_PASS, c);
      }
    }
    return (in, out, length) -> multiply(tables, in, out, length);
  }

  private static long[] table(Matrix matrix, int firstRow, int column) {
    int rows = Math.min(OUTPUTS_PER_PASS, matrix.rowCount() - firstRow);
    long[] table = new long[Gf256.ORDER];
    for (int value = 0; value < table.length; value++) {
      for (int r = 0; r < rows; r++) {
        long product = Gf256.multiply(matrix.at(firstRow + r, column), value);
        table[value] |= product << (Byte.SIZE * r);
      }
    }
    return table;
  }

  private static void multiply(
      long[][][] tables, MemorySegment[] in, MemorySegment[] out, long length) {
    byte[] bytes = new byte[CHUNK_BYTES];
    long[] sums = new long[CHUNK_BYTES];
    for (long at = 0; at < length; at += CHUNK_BYTES) {
      int count = (int) Math.min(CHUNK_BYTES, length - at);
      for (int pass = 0; pass < tables.length; pass++) {
        java.util.Arrays.fill(sums, 0);
        for (int c = 0; c < in.length; c++) {
          MemorySegment.copy(in[c], ValueLayout.JAVA_BYTE, at, bytes, 0, count);
          add(tables[pass][c], bytes, sums, count);
        }
        unpack(sums, bytes, out, pass * OUTPUTS_PER_PASS, at, count);
      }
    }
  }

  private static void add(long[] table, byte[] bytes, long[] sums, int count) {
    for (int i = 0; i < count; i++) {
      sums[i] ^= table[bytes[i] & 0xFF];
    }
  }

  private static void unpack(
      long[] sums, byte[] bytes, MemorySegment[] out, int firstRow, long at, int count) {
    int rows = Math.min(OUTPUTS_PER_PASS, out.length - firstRow);
    for (int r = 0; r < rows; r++) {
      int shift = Byte.SIZE * r;
      for (int i = 0; i < count; i++) {
        bytes[i] = (byte) (sums[i] >>> shift);
      }
      MemorySegment.copy(bytes, 0, out[firstRow + r], ValueLayout.JAVA_BYTE, at, count);
    }
  }
}
