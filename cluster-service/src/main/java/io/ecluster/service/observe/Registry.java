package io.ecluster.service.observe;

import io.ecluster.service.observe.Family.Head;
import io.ecluster.service.observe.Sampled.Sample;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** All metrics of a peer. Their names begin with {@link #PREFIX}, as those of the Go program do. */
final class Registry {
  static final String PREFIX = "ipfscluster_";

  private final ConcurrentSkipListMap<String, Family> families = new ConcurrentSkipListMap<>();

  Counter counter(String name, String help, String... labels) {
    return add(new Counter(head(PREFIX + name, Family.Type.COUNTER, help, labels)));
  }

  Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return add(new Histogram(head(PREFIX + name, Family.Type.HISTOGRAM, help, labels), bounds));
  }

  void gauge(String name, String help, DoubleSupplier value) {
    gauges(name, help, () -> List.of(Sample.of(value.getAsDouble())));
  }

  void gauges(String name, String help, Supplier<List<Sample>> samples, String... labels) {
    sampled(PREFIX + name, Family.Type.GAUGE, help, samples, labels);
  }

  /** A count that somebody else keeps. */
  void counted(String name, String help, Supplier<List<Sample>> samples, String... labels) {
    sampled(PREFIX + name, Family.Type.COUNTER, help, samples, labels);
  }

  /**
   * @param name all of it
   */
  void sampled(
      String name,
      Family.Type type,
      String help,
      Supplier<List<Sample>> samples,
      String... labels) {
    add(new Sampled(head(name, type, help, labels), samples));
  }

  private static Head head(String name, Family.Type type, String help, String... labels) {
    return new Head(name, type, help, List.of(labels));
  }

  private <F extends Family> F add(F family) {
    if (families.putIfAbsent(family.head().name(), family) != null) {
      throw new IllegalStateException("two metrics have the name " + family.head().name());
    }
    return family;
  }

  /** The text that Prometheus reads; families in the order of their names. */
  String text() {
    Exposition out = new Exposition();
    families
        .values()
        .forEach(family -> {
          out.head(family.head());
          family.writeSamples(out);
        });
    return out.toString();
  }
}
