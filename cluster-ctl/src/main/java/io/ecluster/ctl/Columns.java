package io.ecluster.ctl;

import java.util.ArrayList;
import java.util.List;

/** Lines whose parts, separated by bars, stand below each other. */
final class Columns {
  private static final String BAR = " | ";

  private Columns() {}

  static List<String> aligned(List<String> lines) {
    List<List<String>> rows = lines.stream().map(line -> List.of(line.split(" \\| ", -1))).toList();
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (widths.size() <= i) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    return rows.stream().map(row -> joined(row, widths)).toList();
  }

  private static String joined(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size() - 1; i++) {
      line.append(row.get(i)).append(" ".repeat(widths.get(i) - row.get(i).length())).append(BAR);
    }
    return line.append(row.getLast()).toString();
  }
}
