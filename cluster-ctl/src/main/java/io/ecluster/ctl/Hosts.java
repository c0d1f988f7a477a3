package io.ecluster.ctl;

import io.ecluster.client.Endpoint;
import io.ecluster.client.HttpRoute;
import io.ecluster.client.ProxyServer;
import io.ecluster.client.Route;
import io.ecluster.client.Tls;
import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ways to the APIs that {@code --host} and its companions name. */
final class Hosts {
  private final Arguments globals;
  private final Map<String, String> environment;
  private final Output output;
  private final Optional<String> credentials;
  private Optional<Tls> tls = Optional.empty();

  Hosts(Arguments globals, Map<String, String> environment, Output output) {
    this.globals = globals;
    this.environment = environment;
    this.output = output;
    this.credentials = credentials(globals, environment);
  }

  /** {@code user:password}, from the option or else the environment; without a user none. */
  private static Optional<String> credentials(Arguments globals, Map<String, String> environment) {
    String given = globals.text("--basic-auth");
    String auth = given.isEmpty() ? environment.getOrDefault("CLUSTER_CREDENTIALS", "") : given;
    String pair = auth.contains(":") ? auth : auth + ":";
    return pair.startsWith(":") ? Optional.empty() : Optional.of(pair);
  }

  Optional<String> credentials() {
    return credentials;
  }

  /**
   * In the order in which they are to be tried.
   *
   * @throws LocalException if one cannot be used
   */
  List<Route> routes() {
    List<Multiaddr> addresses = new ArrayList<>();
    for (String text : globals.text("--host").split(",")) {
      addresses.add(parse(text.strip()));
    }
    Optional<byte[]> secret = secret();
    boolean implied = credentials.isPresent() && !globals.flag("--force-http");
    if (implied && !globals.flag("--https") && addresses.stream().anyMatch(Hosts::isTcp)) {
      output.warn("HTTPS is used because credentials are given; --force-http keeps to HTTP");
    }
    boolean https = implied || globals.flag("--https");
    return addresses.stream().map(address -> route(address, https, secret)).toList();
  }

  private static Multiaddr parse(String text) {
    try {
      return Multiaddr.parse(text);
    } catch (FormatException e) {
      throw new LocalException("error parsing host multiaddress: " + e.getMessage());
    }
  }

  private Optional<byte[]> secret() {
    try {
      String hex = globals.text("--secret");
      return hex.isEmpty() ? Optional.empty() : Optional.of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new LocalException("error parsing secret: it is not made of hexadecimal digits");
    }
  }

  private static boolean isTcp(Multiaddr address) {
    return !isLibp2p(address) && address.value(AddressProtocol.UNIX).isEmpty();
  }

  private static boolean isLibp2p(Multiaddr address) {
    return address.value(AddressProtocol.P2P).isPresent()
        || address.value(AddressProtocol.DNSADDR).isPresent();
  }

  private Route route(Multiaddr address, boolean https, Optional<byte[]> secret) {
    if (isLibp2p(address)) {
      if (globals.flag("--https")) {
        output.warn(address + " is a libp2p host, which --https does not matter for");
      }
      return Libp2pRoute.to(address, secret);
    }
    Endpoint endpoint = endpoint(address);
    if (!(endpoint.address() instanceof InetSocketAddress host)) {
      return endpoint;
    }
    Optional<ProxyServer> proxy = proxy(https, host);
    return https || proxy.isPresent()
        ? new HttpRoute(endpoint, https ? Optional.of(tls()) : Optional.empty(), proxy)
        : endpoint;
  }

  private static Endpoint endpoint(Multiaddr address) {
    try {
      return Endpoint.of(address);
    } catch (FormatException e) {
      throw new LocalException("error creating API client: " + e.getMessage());
    }
  }

  private Optional<ProxyServer> proxy(boolean https, InetSocketAddress host) {
    try {
      return ProxyServer.forHost(environment, https, host.getHostString(), host.getPort());
    } catch (IllegalArgumentException e) {
      throw new LocalException("error creating API client: " + e.getMessage());
    }
  }

  /** {@code SSL_CERT_FILE} names the authorities to trust, as it does for Go. */
  private Tls tls() {
    if (tls.isEmpty()) {
      try {
        String authorities = environment.getOrDefault("SSL_CERT_FILE", "");
        tls =
            Optional.of(
                globals.flag("--no-check-certificate")
                    ? Tls.unchecked()
                    : Tls.checking(
                        authorities.isEmpty()
                            ? Optional.empty()
                            : Optional.of(Path.of(authorities))));
      } catch (IOException e) {
        throw new LocalException("error creating API client: " + Failures.text(e));
      }
    }
    return tls.get();
  }
}
