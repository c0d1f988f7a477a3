package io.ecluster.service.config;

import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.List;

/**
 * The {@code api.gateway} section, which only this implementation has.
 *
 * @param listenAddresses empty for no gateway
 */
public record GatewaySettings(
    List<Multiaddr> listenAddresses,
    int maxHeaderBytes,
    Duration readHeaderTimeout,
    Duration idleTimeout) {

  static GatewaySettings read(Section s) {
    return new GatewaySettings(
        s.addresses("listen_multiaddress", List.of("/ip4/127.0.0.1/tcp/9098")),
        HttpServerSettings.maxHeaderBytes(s, "api.gateway"),
        s.duration("read_header_timeout", Duration.ofSeconds(5)),
        s.duration("idle_timeout", Duration.ofMinutes(1)));
  }
}
