package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.Json;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationSettingsTest {
  private static ObservationSettings read(String json, Map<String, String> environment) {
    return ObservationSettings.read(Section.load(Json.parseObject(json), environment));
  }

  private static ObservationSettings read(String json) {
    return read(json, Map.of());
  }

  @Test
  void hasGosDefaultsWhenTheFileSaysNothing() {
    ObservationSettings settings = read("{}");
    assertThat(settings.metrics().enabled()).isFalse();
    assertThat(settings.metrics().endpoint()).hasToString("/ip4/127.0.0.1/tcp/8888");
    assertThat(settings.metrics().reportingInterval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.tracing().enabled()).isFalse();
    assertThat(settings.tracing().agent()).hasToString("/ip4/0.0.0.0/udp/6831");
    assertThat(settings.tracing().samplingProbability()).isEqualTo(0.3);
    assertThat(settings.tracing().serviceName()).isEqualTo("cluster-daemon");
  }

  @Test
  void readsEveryKey() {
    ObservationSettings settings =
        read(
            """
            {"observations": {
              "metrics": {"enable_stats": true, "prometheus_endpoint": "/ip4/0.0.0.0/tcp/1",
                          "reporting_interval": "2s"},
              "tracing": {"enable_tracing": true, "jaeger_agent_endpoint": "/dns4/j/udp/2",
                          "sampling_prob": 1, "service_name": "n"}}}
            """);
    assertThat(settings.metrics().enabled()).isTrue();
    assertThat(settings.metrics().endpoint()).hasToString("/ip4/0.0.0.0/tcp/1");
    assertThat(settings.metrics().reportingInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.tracing().enabled()).isTrue();
    assertThat(settings.tracing().agent()).hasToString("/dns4/j/udp/2");
    assertThat(settings.tracing().samplingProbability()).isEqualTo(1);
    assertThat(settings.tracing().serviceName()).isEqualTo("n");
  }

  @Test
  void aSectionThatIsThereHasNoDefaultsForWhatGoReadsAsEmpty() {
    ObservationSettings settings =
        read(
            "{\"observations\": {\"tracing\":"
                + " {\"jaeger_agent_endpoint\": \"/ip4/127.0.0.1/udp/1\"}}}");
    assertThat(settings.tracing().samplingProbability()).isZero();
    assertThat(settings.tracing().serviceName()).isEmpty();
    assertThat(settings.metrics().endpoint()).hasToString("/ip4/127.0.0.1/tcp/8888");
  }

  @Test
  void theEnvironmentGoesBeforeTheFile() {
    ObservationSettings settings =
        read(
            "{}",
            Map.of(
                "CLUSTER_METRICS_ENABLESTATS", "true",
                "CLUSTER_METRICS_PROMETHEUSENDPOINT", "/ip4/127.0.0.1/tcp/3",
                "CLUSTER_METRICS_REPORTINGINTERVAL", "1m",
                "CLUSTER_TRACING_ENABLETRACING", "1",
                "CLUSTER_TRACING_JAEGERAGENTENDPOINT", "/ip4/127.0.0.1/udp/4",
                "CLUSTER_TRACING_SAMPLINGPROB", "0.5",
                "CLUSTER_TRACING_SERVICENAME", "m"));
    assertThat(settings)
        .isEqualTo(
            new ObservationSettings(
                new ObservationSettings.Metrics(
                    true,
                    io.ecluster.multiformats.Multiaddr.parse("/ip4/127.0.0.1/tcp/3"),
                    Duration.ofMinutes(1)),
                new ObservationSettings.Tracing(
                    true,
                    io.ecluster.multiformats.Multiaddr.parse("/ip4/127.0.0.1/udp/4"),
                    0.5,
                    "m")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"metrics\": {}} | metrics.prometheus_endpoint",
        "{\"metrics\": {\"prometheus_endpoint\": \"8888\"}} | metrics.prometheus_endpoint",
        "{\"metrics\": {\"prometheus_endpoint\": \"/ip4/1.2.3.4/tcp/1\","
            + " \"enable_stats\": true, \"reporting_interval\": \"-1s\"}} | reporting_interval",
        "{\"tracing\": {}} | tracing.jaeger_agent_endpoint",
        "{\"tracing\": {\"jaeger_agent_endpoint\": \"/ip4/1.2.3.4/udp/1\","
            + " \"enable_tracing\": true, \"sampling_prob\": -0.1}} | sampling_prob",
        "{\"tracing\": {\"jaeger_agent_endpoint\": \"/ip4/1.2.3.4/udp/1\","
            + " \"sampling_prob\": \"often\"}} | sampling_prob",
        "{\"metrics\": {\"enable_stats\": \"yes\"}} | enable_stats"
      })
  void refusesWhatGoRefuses(String observations, String key) {
    assertThatThrownBy(() -> read("{\"observations\": " + observations + "}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }

  @Test
  void negativesMatterOnlyWhenOn() {
    ObservationSettings settings =
        read(
            "{\"observations\": {\"tracing\": {\"jaeger_agent_endpoint\":"
                + " \"/ip4/1.2.3.4/udp/1\", \"sampling_prob\": -1}}}");
    assertThat(settings.tracing().samplingProbability()).isEqualTo(-1);
  }
}
