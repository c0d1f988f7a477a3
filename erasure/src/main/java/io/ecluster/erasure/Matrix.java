package io.ecluster.erasure;

import java.util.Arrays;

/** A matrix over GF(2^8). Immutable. */
final class Matrix {
  private final byte[][] rows;

  private Matrix(byte[][] rows) {
    this.rows = rows;
  }

  /**
   * The coding matrix: identity above, parity rows below. It is the Vandermonde matrix (row r,
   * column c: r to the power c) times the inverse of its upper square, as in Backblaze
   * JavaReedSolomon and klauspost/reedsolomon, so that any square of its rows can be inverted.
   */
  static Matrix systematic(int dataShards, int parityShards) {
    byte[][] rows = new byte[dataShards + parityShards][dataShards];
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < dataShards; c++) {
        rows[r][c] = (byte) Gf256.power(r, c);
      }
    }
    Matrix vandermonde = new Matrix(rows);
    return vandermonde.times(vandermonde.select(range(0, dataShards)).inverse());
  }

  int rowCount() {
    return rows.length;
  }

  int columnCount() {
    return rows[0].length;
  }

  int at(int row, int column) {
    return rows[row][column] & 0xFF;
  }

  /** The matrix of these rows, in this order. */
  Matrix select(int[] chosen) {
    return new Matrix(Arrays.stream(chosen).mapToObj(r -> rows[r]).toArray(byte[][]::new));
  }

  Matrix times(Matrix right) {
    byte[][] product = new byte[rows.length][right.columnCount()];
    for (int r = 0; r < rows.length; r++) {
      for (int k = 0; k < columnCount(); k++) {
        addMultiple(product[r], right.rows[k], at(r, k));
      }
    }
    return new Matrix(product);
  }

  /** The inverse of this square matrix, by Gauss-Jordan elimination. */
  Matrix inverse() {
    int size = rows.length;
    byte[][] left = new byte[size][];
    byte[][] right = new byte[size][size];
    for (int i = 0; i < size; i++) {
      left[i] = rows[i].clone();
      right[i][i] = 1;
    }
    for (int i = 0; i < size; i++) {
      eliminate(left, right, i);
    }
    return new Matrix(right);
  }

  static int[] range(int from, int to) {
    return java.util.stream.IntStream.range(from, to).toArray();
  }

  /** Makes column {@code pivot} of {@code left} a unit vector, doing the same to {@code right}. */
  private static void eliminate(byte[][] left, byte[][] right, int pivot) {
    swapInPivot(left, right, pivot);
    int scale = Gf256.inverse(left[pivot][pivot] & 0xFF);
    scale(left[pivot], scale);
    scale(right[pivot], scale);
    for (int r = 0; r < left.length; r++) {
      int factor = left[r][pivot] & 0xFF;
      if (r != pivot && factor != 0) {
        addMultiple(left[r], left[pivot], factor);
        addMultiple(right[r], right[pivot], factor);
      }
    }
  }

  private static void swapInPivot(byte[][] left, byte[][] right, int pivot) {
    int found = pivot;
    while (found < left.length && left[found][pivot] == 0) {
      found++;
    }
    if (found == left.length) {
      throw new IllegalArgumentException("matrix is singular");
    }
    swap(left, pivot, found);
    swap(right, pivot, found);
  }

  private static void swap(byte[][] rows, int a, int b) {
    byte[] row = rows[a];
    rows[a] = rows[b];
    rows[b] = row;
  }

  private static void scale(byte[] row, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] = (byte) Gf256.multiply(row[i] & 0xFF, factor);
    }
  }

  private static void addMultiple(byte[] row, byte[] other, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] ^= (byte) Gf256.multiply(other[i] & 0xFF, factor);
    }
  }
}
