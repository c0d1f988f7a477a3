package io.ecluster.erasure;

/**
 * Multiplication by look-ups in tables of 64 bytes. Three input bytes a, b and c have 24 bits, so
 * four look-ups of 6 bits give the sum of three products: the low 6 bits of each, and, in one index
 * m, the 2 that are left of each. The API takes indexes modulo 64, so that a, b and c need no
 * masking, and m = a>>>6 ^ (b>>>4 & 15) ^ c>>>2 none either but for b: low bits of b and c that
 * overlap others in m change the sum by a product of those same bits (tables are linear), which is
 * taken out again in their own tables.
 */
final class PermuteKernel extends AddressKernel {
  private static final int TABLE_BYTES = 64;
  private static final int MOST_ROWS = 4;
  private static final int TOGETHER = 3;
  private static final int TABLES_FOR_THREE = 4 * TABLE_BYTES;
  private static final int TABLES_FOR_ONE = 2 * TABLE_BYTES;
  private static final byte NOTHING = 0;
  private static final byte ALL_BITS = -1;

  @Override
  Summer prepareSummer(Matrix matrix) {
    int triples = matrix.columnCount() / TOGETHER;
    byte[] tables = tables(matrix, triples);
    int rowBytes = matrix.columnCount() / TOGETHER * TABLES_FOR_THREE;
    int singlesAt = matrix.rowCount() * rowBytes;
    return (in, out, offset, length) -> {
      for (int row = 0; row < out.length; ) {
        int rows = rowsAtOnce(out.length - row);
        for (int c = 0; c < in.length; ) {
          byte kept = c == 0 ? NOTHING : ALL_BITS;
          int triple = c / TOGETHER;
          if (triple < triples) {
            int at = (triple * out.length + row) * TABLES_FOR_THREE;
            addThree(tables, at, in, c, out, row, rows, offset, length, kept);
            c += TOGETHER;
          } else {
            int at = singlesAt + ((c - triples * TOGETHER) * out.length + row) * TABLES_FOR_ONE;
            addOne(tables, at, in[c], out, row, rows, offset, length, kept);
            c++;
          }
        }
        row += rows;
      }
    };
  }

  /** Rows are done four, two or one at a time. */
  static int rowsAtOnce(int left) {
    return left >= MOST_ROWS ? MOST_ROWS : Integer.highestOneBit(left);
  }

  private static void addThree(
      byte[] tables,
      int at,
      long[] in,
      int first,
      long[] out,
      int row,
      int rows,
      long offset,
      int length,
      byte kept) {
    long a = in[first] + offset;
    long b = in[first + 1] + offset;
    long c = in[first + 2] + offset;
    switch (rows) {
      case 1 -> PermuteLoops.addThreeToOne(tables, at, a, b, c, out[row] + offset, length, kept);
      case 2 ->
          PermuteLoops.addThreeToTwo(
              tables, at, a, b, c, out[row] + offset, out[row + 1] + offset, length, kept);
      default ->
          PermuteLoops.addThreeToFour(
              tables,
              at,
              a,
              b,
              c,
              out[row] + offset,
              out[row + 1] + offset,
              out[row + 2] + offset,
              out[row + 3] + offset,
              length,
              kept);
    }
  }

  private static void addOne(
      byte[] tables,
      int at,
      long in,
      long[] out,
      int row,
      int rows,
      long offset,
      int length,
      byte kept) {
    long a = in + offset;
    switch (rows) {
      case 1 -> PermuteLoops.addOneToOne(tables, at, a, out[row] + offset, length, kept);
      case 2 ->
          PermuteLoops.addOneToTwo(
              tables, at, a, out[row] + offset, out[row + 1] + offset, length, kept);
      default ->
          PermuteLoops.addOneToFour(
              tables,
              at,
              a,
              out[row] + offset,
              out[row + 1] + offset,
              out[row + 2] + offset,
              out[row + 3] + offset,
              length,
              kept);
    }
  }

  /** For each triple of columns the tables of each row, then the same for the columns left. */
  private static byte[] tables(Matrix matrix, int triples) {
    int rows = matrix.rowCount();
    int singles = matrix.columnCount() - triples * TOGETHER;
    byte[] tables = new byte[rows * (triples * TABLES_FOR_THREE + singles * TABLES_FOR_ONE)];
    int at = 0;
    for (int t = 0; t < triples; t++) {
      for (int row = 0; row < rows; row++, at += TABLES_FOR_THREE) {
        fillThree(tables, at, matrix, row, t * TOGETHER);
      }
    }
    for (int c = triples * TOGETHER; c < matrix.columnCount(); c++) {
      for (int row = 0; row < rows; row++, at += TABLES_FOR_ONE) {
        fillOne(tables, at, matrix.at(row, c));
      }
    }
    return tables;
  }

  private static void fillThree(byte[] tables, int at, Matrix matrix, int row, int column) {
    int a = matrix.at(row, column);
    int b = matrix.at(row, column + 1);
    int c = matrix.at(row, column + 2);
    for (int i = 0; i < TABLE_BYTES; i++) {
      tables[at + i] = (byte) Gf256.multiply(a, i);
      tables[at + TABLE_BYTES + i] = (byte) (Gf256.multiply(b, i) ^ mixed(a, b, c, i >> 4 & 3));
      tables[at + 2 * TABLE_BYTES + i] =
          (byte) (Gf256.multiply(c, i) ^ mixed(a, b, c, i >> 2 & 15));
      tables[at + 3 * TABLE_BYTES + i] = (byte) mixed(a, b, c, i);
    }
  }

  /** The sum for index m: bits 0 and 1 are the top of a, 2 and 3 that of b, 4 and 5 that of c. */
  private static int mixed(int a, int b, int c, int m) {
    return Gf256.multiply(a, (m & 3) << 6)
        ^ Gf256.multiply(b, (m >> 2 & 3) << 6)
        ^ Gf256.multiply(c, (m >> 4 & 3) << 6);
  }

  private static void fillOne(byte[] tables, int at, int coefficient) {
    for (int i = 0; i < TABLE_BYTES; i++) {
      tables[at + i] = (byte) Gf256.multiply(coefficient, i);
      tables[at + TABLE_BYTES + i] = (byte) Gf256.multiply(coefficient, (i & 3) << 6);
    }
  }
}
