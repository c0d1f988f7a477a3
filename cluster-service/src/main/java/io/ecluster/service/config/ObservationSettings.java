package io.ecluster.service.config;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;

/** The {@code observations} section: what is told to those who watch this peer. */
public record ObservationSettings(Metrics metrics, Tracing tracing) {

  /**
   * The {@code metrics} section.
   *
   * @param endpoint where Prometheus finds them, under {@code /metrics}
   * @param reportingInterval how old a count of the pinset may be; large pinsets are counted less
   *     often
   */
  public record Metrics(boolean enabled, Multiaddr endpoint, Duration reportingInterval) {}

  /**
   * The {@code tracing} section.
   *
   * @param agent where Jaeger was told of spans; of it we use the host
   * @param samplingProbability the part of traces that are told; 1 and more for all
   */
  public record Tracing(
      boolean enabled, Multiaddr agent, double samplingProbability, String serviceName) {}

  static ObservationSettings read(Section root) {
    return new ObservationSettings(
        metrics(root.component("observations", "metrics")),
        tracing(root.component("observations", "tracing")));
  }

  private static Metrics metrics(Section s) {
    boolean enabled = s.flag("enable_stats", false);
    Multiaddr endpoint = address(s, "metrics", "prometheus_endpoint", "/ip4/127.0.0.1/tcp/8888");
    Duration interval = s.duration("reporting_interval", Duration.ofSeconds(30));
    if (enabled && interval.isNegative()) {
      throw new ConfigException(
          "observations.metrics.reporting_interval must not be negative, as " + interval + " is");
    }
    return new Metrics(enabled, endpoint, interval);
  }

  private static Tracing tracing(Section s) {
    boolean enabled = s.flag("enable_tracing", false);
    Multiaddr agent = address(s, "tracing", "jaeger_agent_endpoint", "/ip4/0.0.0.0/udp/6831");
    double probability = s.decimal("sampling_prob", 0.3, s.active() ? 0 : 0.3);
    if (enabled && !(probability >= 0)) {
      throw new ConfigException(
          "observations.tracing.sampling_prob must be from 0 to 1, not " + probability);
    }
    String name = "cluster-daemon";
    return new Tracing(
        enabled, agent, probability, s.text("service_name", name, s.active() ? "" : name));
  }

  /** As in Go, a section that is there must have it. */
  private static Multiaddr address(Section s, String section, String key, String byDefault) {
    String text = s.text(key, byDefault, s.active() ? "" : byDefault);
    try {
      return Multiaddr.parse(text);
    } catch (FormatException e) {
      throw new ConfigException(
          "observations."
              + section
              + "."
              + key
              + " must be an address such as "
              + byDefault
              + ", not \""
              + text
              + "\"",
          e);
    }
  }
}
