package io.ecluster.service.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts values by how large they are. */
final class Histogram implements Family {
  private final Head head;
  private final double[] bounds;
  private final Series<Cell> series;

  /**
   * @param bounds the greatest value of each bucket, ascending; one more bucket has what is greater
   */
  Histogram(Head head, double... bounds) {
    this.head = head;
    this.bounds = bounds.clone();
    this.series = new Series<>(head.labels().size(), () -> new Cell(bounds.length + 1));
  }

  private record Cell(List<LongAdder> buckets, DoubleAdder sum) {
    Cell(int buckets) {
      this(Stream.generate(LongAdder::new).limit(buckets).toList(), new DoubleAdder());
    }
  }

  void observe(double value, String... labels) {
    Cell cell = series.cell(labels);
    int found = Arrays.binarySearch(bounds, value);
    cell.buckets().get(found >= 0 ? found : -found - 1).increment();
    cell.sum().add(value);
  }

  @Override
  public Head head() {
    return head;
  }

  @Override
  public void writeSamples(Exposition out) {
    List<String> withBound = new ArrayList<>(head.labels());
    withBound.add("le");
    series.each((values, cell) -> {
      long count = 0;
      for (int i = 0; i <= bounds.length; i++) {
        count += cell.buckets().get(i).sum();
        List<String> all = new ArrayList<>(values);
        all.add(i == bounds.length ? "+Inf" : Exposition.number(bounds[i]));
        out.sample(head.name() + "_bucket", withBound, all, (double) count);
      }
      out.sample(head.name() + "_sum", head.labels(), values, cell.sum().sum());
      out.sample(head.name() + "_count", head.labels(), values, (double) count);
    });
  }
}
