package io.ecluster.client;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP proxy as the environment names it: {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code
 * NO_PROXY}, in upper or lower case, with the rules of Go.
 *
 * @param credentials {@code user:password}, if the proxy asks for them
 */
public record ProxyServer(InetSocketAddress address, Optional<String> credentials) {
  private static final int HTTP_PORT = 80;

  /**
   * The proxy to use for a host; none for this machine itself.
   *
   * @throws IllegalArgumentException if the environment names a proxy that cannot be used
   */
  public static Optional<ProxyServer> forHost(
      Map<String, String> environment, boolean https, String host, int port) {
    String text = variable(environment, https ? "HTTPS_PROXY" : "HTTP_PROXY");
    boolean cgi = !https && environment.containsKey("REQUEST_METHOD"); // HTTP_PROXY may be a header
    if (text.isEmpty() || cgi) {
      return Optional.empty();
    }
    NoProxy exceptions = NoProxy.parse(variable(environment, "NO_PROXY"));
    return exceptions.covers(host, port) ? Optional.empty() : Optional.of(parse(text));
  }

  private static String variable(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private static ProxyServer parse(String text) {
    URI uri = URI.create(text.contains("://") ? text : "http://" + text);
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "the proxy must look like http://HOST:PORT, not " + withoutUser(text));
    }
    int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
    return new ProxyServer(
        InetSocketAddress.createUnresolved(bare(uri.getHost()), port),
        Optional.ofNullable(uri.getUserInfo()));
  }

  private static String withoutUser(String text) {
    return text.replaceFirst("[^/]*@", "");
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  Map<String, String> headers() {
    return credentials
        .map(pair -> Map.of("Proxy-Authorization", "Basic " + base64(pair)))
        .orElse(Map.of());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  Endpoint endpoint() {
    return Endpoint.of(address.getHostString(), address.getPort());
  }

  /** Hosts that are reached without a proxy. */
  private record NoProxy(List<String> rules) {
    static NoProxy parse(String text) {
      return new NoProxy(
          List.of(text.split(",")).stream()
              .map(rule -> rule.strip().toLowerCase(Locale.ROOT))
              .filter(rule -> !rule.isEmpty())
              .toList());
    }

    boolean covers(String host, int port) {
      String name = host.toLowerCase(Locale.ROOT);
      return isThisMachine(name) || rules.stream().anyMatch(rule -> matches(rule, name, port));
    }

    private static boolean isThisMachine(String host) {
      return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    private static boolean matches(String rule, String host, int port) {
      String portless = rule.replaceFirst(":" + port + "$", "");
      if (portless.equals("*") || portless.equals(host)) {
        return true;
      }
      return portless.contains("/")
          ? IpRange.parse(portless).filter(range -> range.contains(host)).isPresent()
          : host.endsWith(portless.startsWith(".") ? portless : "." + portless);
    }
  }
}
