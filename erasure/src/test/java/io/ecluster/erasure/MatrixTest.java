package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class MatrixTest {
  private static final Pattern VECTOR =
      Pattern.compile("\"d\": (\\d+),\\s+\"p\": (\\d+),\\s+\"parity_rows_hex\": \\[([^]]*)]");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{4,}");

  @Test
  void parityRowsAreThoseOfKlauspostBackblazeAndIsal() throws IOException {
    List<MatchResult> vectors = VECTOR.matcher(vectorFile()).results().toList();
    assertThat(vectors).hasSize(7);
    for (MatchResult vector : vectors) {
      int dataShards = Integer.parseInt(vector.group(1));
      int parityShards = Integer.parseInt(vector.group(2));
      List<String> expected =
          HEX.matcher(vector.group(3)).results().map(MatchResult::group).toList();
      assertThat(parityRows(dataShards, parityShards)).isEqualTo(expected);
    }
  }

  @Test
  void upperSquareIsTheIdentity() {
    Matrix matrix = Matrix.systematic(5, 3);
    for (int r = 0; r < 5; r++) {
      for (int c = 0; c < 5; c++) {
        assertThat(matrix.at(r, c)).isEqualTo(r == c ? 1 : 0);
      }
    }
  }

  @Test
  void anySquareOfRowsTimesItsInverseIsTheIdentity() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Matrix matrix = Matrix.systematic(20, 235);
    for (int round = 0; round < 50; round++) {
      int[] rows = random.ints(0, 255).distinct().limit(20).toArray();
      Matrix square = matrix.select(rows);
      Matrix product = square.times(square.inverse());
      for (int i = 0; i < 400; i++) {
        assertThat(product.at(i / 20, i % 20))
            .as("seed %d", seed)
            .isEqualTo(i / 20 == i % 20 ? 1 : 0);
      }
    }
  }

  @Test
  void singularMatrixIsRefused() {
    Matrix twice = Matrix.systematic(2, 1).select(new int[] {2, 2});
    assertThatThrownBy(twice::inverse).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyUnitHasItsInverse() {
    for (int a = 1; a < Gf256.ORDER; a++) {
      assertThat(Gf256.multiply(a, Gf256.inverse(a))).isEqualTo(1);
    }
  }

  private static List<String> parityRows(int dataShards, int parityShards) {
    Matrix matrix = Matrix.systematic(dataShards, parityShards);
    List<String> rows = new ArrayList<>();
    for (int r = dataShards; r < matrix.rowCount(); r++) {
      byte[] row = new byte[dataShards];
      for (int c = 0; c < dataShards; c++) {
        row[c] = (byte) matrix.at(r, c);
      }
      rows.add(HexFormat.of().formatHex(row));
    }
    return rows;
  }

  private static String vectorFile() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MatrixTest.class.getResourceAsStream("/rs_matrices.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
