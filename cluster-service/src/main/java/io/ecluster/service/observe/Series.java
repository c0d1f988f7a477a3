package io.ecluster.service.observe;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The cells of one family, by the values of its labels. They are bounded: what comes beyond is
 * counted together.
 */
final class Series<T> {
  /** Methods times results, or routes times status codes, are far fewer. */
  static final int MAX_SERIES = 2_000;

  static final String OTHER = "other";

  private final int labels;
  private final Supplier<T> fresh;
  private final Map<List<String>, T> cells = new ConcurrentHashMap<>();

  /**
   * @param labels how many each cell has; a family without any has its one cell from the start
   */
  Series(int labels, Supplier<T> fresh) {
    this.labels = labels;
    this.fresh = fresh;
    if (labels == 0) {
      cells.put(List.of(), fresh.get());
    }
  }

  T cell(String... values) {
    if (values.length != labels) {
      throw new IllegalArgumentException(values.length + " values for " + labels + " labels");
    }
    List<String> key = List.of(values);
    T present = cells.get(key);
    if (present != null) {
      return present;
    }
    List<String> admitted = cells.size() < MAX_SERIES ? key : Collections.nCopies(labels, OTHER);
    return cells.computeIfAbsent(admitted, _ -> fresh.get());
  }

  /** In the order of their labels. */
  void each(BiConsumer<List<String>, T> visitor) {
    cells.entrySet().stream()
        .sorted(Comparator.comparing(entry -> String.join("\0", entry.getKey())))
        .forEach(entry -> visitor.accept(entry.getKey(), entry.getValue()));
  }
}
