package io.ecluster.erasure;

/** Multiplication by look-ups of half bytes, in vectors of 128 bits. */
final class NibbleKernel extends AddressKernel {
  private static final int TABLE_BYTES = 16;
  private static final int TABLES_FOR_ONE = 2 * TABLE_BYTES;

  @Override
  Summer prepareSummer(Matrix matrix) {
    byte[] tables = tables(matrix);
    return (in, out, offset, length) -> {
      for (int row = 0; row < out.length; ) {
        int rows = PermuteKernel.rowsAtOnce(out.length - row);
        for (int c = 0; c < in.length; c++) {
          int at = (c * out.length + row) * TABLES_FOR_ONE;
          byte kept = (byte) (c == 0 ? 0 : -1);
          add(tables, at, in[c] + offset, out, row, rows, offset, length, kept);
        }
        row += rows;
      }
    };
  }

  private static void add(
      byte[] tables,
      int at,
      long a,
      long[] out,
      int row,
      int rows,
      long offset,
      int length,
      byte kept) {
    switch (rows) {
      case 1 -> NibbleLoops.addToOne(tables, at, a, out[row] + offset, length, kept);
      case 2 ->
          NibbleLoops.addToTwo(
              tables, at, a, out[row] + offset, out[row + 1] + offset, length, kept);
      default ->
          NibbleLoops.addToFour(
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

  /** For each column the two tables of each row. */
  private static byte[] tables(Matrix matrix) {
    byte[] tables = new byte[matrix.rowCount() * matrix.columnCount() * TABLES_FOR_ONE];
    int at = 0;
    for (int c = 0; c < matrix.columnCount(); c++) {
      for (int row = 0; row < matrix.rowCount(); row++, at += TABLES_FOR_ONE) {
        for (int i = 0; i < TABLE_BYTES; i++) {
          tables[at + i] = (byte) Gf256.multiply(matrix.at(row, c), i);
          tables[at + TABLE_BYTES + i] = (byte) Gf256.multiply(matrix.at(row, c), i << 4);
        }
      }
    }
    return tables;
  }
}
