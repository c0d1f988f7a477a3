package io.ecluster.service.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.service.observe.Sampled.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryTest {
  private final Registry registry = new Registry();

  @Test
  void writesFamiliesInTheOrderOfTheirNames() {
    registry.counter("b_total", "Counts b").increment();
    registry.gauge("a", "Is a", () -> 2.5);
    Histogram times = registry.histogram("c", "How long", new double[] {0.5, 1}, "work");
    times.observe(0.5, "x");
    times.observe(0.75, "x");
    times.observe(7, "x");
    assertThat(registry.text())
        .isEqualTo(
            """
            # HELP ipfscluster_a Is a
            # TYPE ipfscluster_a gauge
            ipfscluster_a 2.5
            # HELP ipfscluster_b_total Counts b
            # TYPE ipfscluster_b_total counter
            ipfscluster_b_total 1
            # HELP ipfscluster_c How long
            # TYPE ipfscluster_c histogram
            ipfscluster_c_bucket{work="x",le="0.5"} 1
            ipfscluster_c_bucket{work="x",le="1"} 2
            ipfscluster_c_bucket{work="x",le="+Inf"} 3
            ipfscluster_c_sum{work="x"} 8.25
            ipfscluster_c_count{work="x"} 3
            """);
  }

  @Test
  void aCounterWithoutLabelsBeginsAtZero() {
    registry.counter("n_total", "n");
    registry.counter("l_total", "l", "label");
    PrometheusText text = PrometheusText.parse(registry.text());
    assertThat(text.find("ipfscluster_n_total")).contains(0.0);
    assertThat(text.samples()).hasSize(1);
  }

  @Test
  void escapesWhatWouldEndALabel() {
    registry.counter("x_total", "of two\nlines \\", "l").increment("a\"b\\c\nd");
    assertThat(registry.text())
        .contains("# HELP ipfscluster_x_total of two\\nlines \\\\\n")
        .contains("ipfscluster_x_total{l=\"a\\\"b\\\\c\\nd\"} 1\n");
    assertThat(PrometheusText.parse(registry.text()).samples()).hasSize(1);
  }

  @Test
  void countsTogetherWhatHasTooManyLabels() {
    Counter counter = registry.counter("many_total", "many", "l");
    for (int i = 0; i < Series.MAX_SERIES + 10; i++) {
      counter.increment("v" + i);
    }
    PrometheusText text = PrometheusText.parse(registry.text());
    assertThat(text.samples()).hasSize(Series.MAX_SERIES + 1);
    assertThat(text.find("ipfscluster_many_total", "l=other")).contains(10.0);
  }

  @Test
  void whatCannotBeToldIsLeftOut() {
    registry.gauges(
        "broken",
        "fails",
        () -> {
          throw new IllegalStateException("closed");
        });
    registry.gauges("two", "has two", () -> List.of(Sample.of(1, "a"), Sample.of(2, "b")), "l");
    PrometheusText text = PrometheusText.parse(registry.text());
    assertThat(text.samples()).hasSize(2);
    assertThat(text.find("ipfscluster_two", "l=b")).contains(2.0);
  }

  @Test
  void noTwoHaveOneName() {
    registry.counter("x", "x");
    assertThatThrownBy(() -> registry.gauge("x", "x", () -> 0))
        .hasMessageContaining("ipfscluster_x");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "-3, -3",
    "0.1, 0.1",
    "9007199254740991, 9007199254740991",
    "1e300, 1.0E300",
    "Infinity, +Inf",
    "-Infinity, -Inf",
    "NaN, NaN"
  })
  void writesNumbersAsPrometheusReadsThem(double value, String text) {
    assertThat(Exposition.number(value)).isEqualTo(text);
  }
}
