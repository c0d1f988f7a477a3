package io.ecluster.service.observe;

import java.util.List;

/** Metrics of one name, which differ in their labels. */
interface Family {
  /** What identifies a family, and says what it is. */
  record Head(String name, Type type, String help, List<String> labels) {
    public Head {
      labels = List.copyOf(labels);
    }
  }

  /** As Prometheus calls them. */
  enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  Head head();

  void writeSamples(Exposition out);
}
