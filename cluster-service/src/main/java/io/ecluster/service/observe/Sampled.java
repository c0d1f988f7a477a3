package io.ecluster.service.observe;

import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Values that somebody else keeps, asked for at each look; asking must be cheap. */
final class Sampled implements Family {
  private static final Logger LOG = LoggerFactory.getLogger(Sampled.class);

  private final Head head;
  private final Supplier<List<Sample>> source;

  Sampled(Head head, Supplier<List<Sample>> source) {
    this.head = head;
    this.source = source;
  }

  /** One value with the values of its labels. */
  record Sample(double value, List<String> labels) {
    /** A whole number. */
    static Sample of(long value, String... labels) {
      return of((double) value, labels);
    }

    static Sample of(double value, String... labels) {
      return new Sample(value, List.of(labels));
    }
  }

  @Override
  public Head head() {
    return head;
  }

  @Override
  public void writeSamples(Exposition out) {
    samples().forEach(s -> out.sample(head.name(), head.labels(), s.labels(), s.value()));
  }

  /** What cannot be told is left out, so that all else is told. */
  private List<Sample> samples() {
    try {
      return source.get();
    } catch (RuntimeException e) {
      LOG.debug("{} cannot be told: {}", head.name(), e.toString());
      return List.of();
    }
  }
}
