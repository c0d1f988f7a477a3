package io.ecluster.service.observe;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ConfigException;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** Where spans are sent to, by OTLP over HTTP. */
final class OtlpEndpoint {
  static final String TRACES_VARIABLE = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  static final String VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT";

  private static final int PORT = 4318;
  private static final String PATH = "/v1/traces";

  /** Nobody is there; the Go program's default has one, and means this machine. */
  private static final Set<String> ANY = Set.of("0.0.0.0", "::");

  private OtlpEndpoint() {}

  /**
   * OpenTelemetry's own variables go first; else it is the host of the Jaeger agent, at the port of
   * OTLP.
   *
   * @throws ConfigException if it is none
   */
  static String of(Multiaddr agent, Map<String, String> environment) {
    String exact = environment.getOrDefault(TRACES_VARIABLE, "");
    if (!exact.isEmpty()) {
      return checked(TRACES_VARIABLE, exact);
    }
    String base = environment.getOrDefault(VARIABLE, "");
    if (!base.isEmpty()) {
      return checked(VARIABLE, base).replaceFirst("/+$", "") + PATH;
    }
    return "http://" + host(agent) + ":" + PORT + PATH;
  }

  private static String checked(String variable, String text) {
    try {
      String scheme = String.valueOf(URI.create(text).getScheme());
      if (scheme.equals("http") || scheme.equals("https")) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(variable + " is no URL: " + e.getMessage(), e);
    }
    throw new ConfigException(variable + " must be a URL such as http://collector:4318");
  }

  private static String host(Multiaddr agent) {
    String host =
        agent
            .value(AddressProtocol.IP4)
            .or(() ->
                agent.value(AddressProtocol.IP6).map(ip -> ANY.contains(ip) ? ip : "[" + ip + "]"))
            .or(() -> agent.value(AddressProtocol.DNS4))
            .or(() -> agent.value(AddressProtocol.DNS))
            .orElseThrow(() ->
                new ConfigException(
                    "observations.tracing.jaeger_agent_endpoint must have a host, as"
                        + " /ip4/127.0.0.1/udp/6831 has; "
                        + agent
                        + " has none"));
    return ANY.contains(host) ? "127.0.0.1" : host;
  }
}
