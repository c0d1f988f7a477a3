package io.ecluster.service.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtlpEndpointTest {
  private static String of(String agent, String base, String exact) {
    Map<String, String> environment = new HashMap<>();
    environment.put(OtlpEndpoint.VARIABLE, base);
    environment.put(OtlpEndpoint.TRACES_VARIABLE, exact);
    return OtlpEndpoint.of(Multiaddr.parse(agent), environment);
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/0.0.0.0/udp/6831,,,http://127.0.0.1:4318/v1/traces",
    "/ip6/::/udp/6831,,,http://127.0.0.1:4318/v1/traces",
    "/ip4/10.1.2.3/udp/6831,,,http://10.1.2.3:4318/v1/traces",
    "/ip6/2001:db8::1/udp/6831,,,http://[2001:db8::1]:4318/v1/traces",
    "/dns4/jaeger/udp/6831,,,http://jaeger:4318/v1/traces",
    "/dns4/jaeger/udp/6831,https://c:1/,,https://c:1/v1/traces",
    "/dns4/jaeger/udp/6831,http://c:1,http://d:2/x,http://d:2/x"
  })
  void isTheVariablesOrTheAgentsHost(String agent, String base, String exact, String endpoint) {
    assertThat(of(agent, base == null ? "" : base, exact == null ? "" : exact)).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/1.2.3.4/udp/1,collector:4318,OTEL_EXPORTER_OTLP_ENDPOINT",
    "/ip4/1.2.3.4/udp/1,http://a b,OTEL_EXPORTER_OTLP_ENDPOINT",
    "/unix/x,,jaeger_agent_endpoint"
  })
  void refusesWhatIsNoAddress(String agent, String base, String named) {
    assertThatThrownBy(() -> of(agent, base == null ? "" : base, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(named);
  }
}
