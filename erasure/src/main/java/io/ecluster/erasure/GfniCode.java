package io.ecluster.erasure;

import io.ecluster.erasure.Amd64Assembler.IndexedMemory;
import io.ecluster.erasure.Amd64Assembler.Memory;
import io.ecluster.erasure.Amd64Assembler.Register;

/**
 * Assembles the inner loops of {@link GfniKernel}, one for each shape of matrix. In C such a loop
 * is, with unrolled loops over rows and columns,
 *
 * <pre>
 *   void multiply(byte *in[], byte *out[], long matrices[columns][rows], long from, long to) {
 *     do {
 *       sums[rows] = adds ? out[rows] at from : 0;
 *       for each column and each row: sums[row] ^= in[column] at from times matrices[column][row];
 *       out[rows] at from = sums[rows];
 *       from += STEP_BYTES;
 *     } while (from &lt; to);
 *   }
 * </pre>
 *
 * <p>A matrix is read once for two vectors, since processors multiply two vectors while they read
 * two; and columns are taken two at a time, since one instruction adds two products to a sum. That
 * was the fastest of what was measured. At 10+4, where shards stay in a cache, one vector at a time
 * took 1.3 times as long, and so did a loop over columns (the same code for any number of them).
 * Matrices kept in registers, where they fit, and prefetching did not help.
 */
final class GfniCode {
  /** Code for more columns would crowd the cache of instructions; they are done in passes. */
  static final int MOST_COLUMNS = 32;

  /** Rows whose sums are kept in registers. */
  static final int MOST_ROWS = 8;

  private static final int VECTORS = 2;
  private static final int VECTOR_BYTES = 64;

  /** Bytes of a shard that one turn of the loop takes. */
  static final int STEP_BYTES = VECTORS * VECTOR_BYTES;

  private static final Register IN = Register.RDI;
  private static final Register OUT = Register.RSI;
  private static final Register MATRICES = Register.RDX;
  private static final Register FROM = Register.RCX;
  private static final Register TO = Register.R8;
  private static final Register SHARD = Register.RAX;

  private final Amd64Assembler assembler = new Amd64Assembler();
  private final Shape shape;

  private GfniCode(Shape shape) {
    this.shape = shape;
  }

  /**
   * What code is made for.
   *
   * @param adds whether products are added to what is in the outputs
   */
  record Shape(int columns, int rows, boolean adds) {
    Shape {
      if (columns < 1 || columns > MOST_COLUMNS || rows < 1 || rows > MOST_ROWS) {
        throw new IllegalArgumentException(columns + " columns and " + rows + " rows");
      }
    }
  }

  /** The machine code; it runs at any address and keeps to the System V calling convention. */
  static byte[] assemble(Shape shape) {
    return new GfniCode(shape).assemble();
  }

  private byte[] assemble() {
    int loop = assembler.position();
    int column = 0;
    if (shape.adds) {
      loadSums();
    } else {
      setSums();
      column = 1;
    }
    for (; column + 2 <= shape.columns; column += 2) {
      addTwo(column);
    }
    if (column < shape.columns) {
      addOne(column);
    }
    storeSums();
    assembler.add(FROM, STEP_BYTES);
    assembler.compare(FROM, TO);
    assembler.jumpIfBelow(loop);
    assembler.returnToCaller();
    return assembler.code();
  }

  private void loadSums() {
    for (int row = 0; row < shape.rows; row++) {
      assembler.load(SHARD, new Memory(OUT, row * Long.BYTES));
      for (int vector = 0; vector < VECTORS; vector++) {
        assembler.load(sum(row, vector), part(vector));
      }
    }
  }

  private void storeSums() {
    for (int row = 0; row < shape.rows; row++) {
      assembler.load(SHARD, new Memory(OUT, row * Long.BYTES));
      for (int vector = 0; vector < VECTORS; vector++) {
        assembler.store(part(vector), sum(row, vector));
      }
    }
  }

  /** The products of column 0 are the first sums. */
  private void setSums() {
    loadColumn(0, 0);
    for (int row = 0; row < shape.rows; row++) {
      loadMatrix(0, row);
      for (int vector = 0; vector < VECTORS; vector++) {
        assembler.affine(sum(row, vector), data(0, vector), matrix());
      }
    }
  }

  private void addOne(int column) {
    loadColumn(0, column);
    for (int row = 0; row < shape.rows; row++) {
      multiply(0, column, row);
      for (int vector = 0; vector < VECTORS; vector++) {
        assembler.xor(sum(row, vector), sum(row, vector), product(0, vector));
      }
    }
  }

  private void addTwo(int column) {
    loadColumn(0, column);
    loadColumn(1, column + 1);
    for (int row = 0; row < shape.rows; row++) {
      multiply(0, column, row);
      multiply(1, column + 1, row);
      for (int vector = 0; vector < VECTORS; vector++) {
        assembler.xorBoth(sum(row, vector), product(0, vector), product(1, vector));
      }
    }
  }

  private void loadColumn(int place, int column) {
    assembler.load(SHARD, new Memory(IN, column * Long.BYTES));
    for (int vector = 0; vector < VECTORS; vector++) {
      assembler.load(data(place, vector), part(vector));
    }
  }

  private void multiply(int place, int column, int row) {
    loadMatrix(column, row);
    for (int vector = 0; vector < VECTORS; vector++) {
      assembler.affine(product(place, vector), data(place, vector), matrix());
    }
  }

  private void loadMatrix(int column, int row) {
    int index = column * shape.rows + row;
    assembler.broadcast(matrix(), new Memory(MATRICES, index * Long.BYTES));
  }

  private static IndexedMemory part(int vector) {
    return new IndexedMemory(SHARD, FROM, vector * VECTOR_BYTES);
  }

  /** Registers: sums from 0 on, then two columns, then two products, then a matrix. */
  private static int sum(int row, int vector) {
    return row * VECTORS + vector;
  }

  private static int data(int place, int vector) {
    return (MOST_ROWS + place) * VECTORS + vector;
  }

  private static int product(int place, int vector) {
    return (MOST_ROWS + 2 + place) * VECTORS + vector;
  }

  private static int matrix() {
    return (MOST_ROWS + 4) * VECTORS;
  }
}
