package io.ecluster.service.observe;

import java.util.concurrent.atomic.LongAdder;

/** Counts what happens. */
final class Counter implements Family {
  private final Head head;
  private final Series<LongAdder> series;

  Counter(Head head) {
    this.head = head;
    this.series = new Series<>(head.labels().size(), LongAdder::new);
  }

  void add(long amount, String... labels) {
    series.cell(labels).add(amount);
  }

  void increment(String... labels) {
    add(1, labels);
  }

  @Override
  public Head head() {
    return head;
  }

  @Override
  public void writeSamples(Exposition out) {
    series.each(
        (values, count) -> out.sample(head.name(), head.labels(), values, (double) count.sum()));
  }
}
