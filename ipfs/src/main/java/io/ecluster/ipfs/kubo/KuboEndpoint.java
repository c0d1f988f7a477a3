package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.Multiaddr;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A multiaddr as HTTP clients need it.
 *
 * @param base such as {@code http://127.0.0.1:5001}
 * @param socket the unix socket to connect to in place of what {@code base} says
 */
public record KuboEndpoint(String base, Optional<Path> socket) {
  /**
   * Understands an address.
   *
   * @throws IpfsException if it is none that HTTP can be spoken at
   */
  public static KuboEndpoint of(Multiaddr address, boolean https) {
    List<Multiaddr.Part> parts = address.parts();
    if (parts.isEmpty()) {
      throw notUnderstood(address);
    }
    boolean secure =
        https
            || address.value(AddressProtocol.HTTPS).isPresent()
            || address.value(AddressProtocol.TLS).isPresent();
    String scheme = secure ? "https://" : "http://";
    Multiaddr.Part host = parts.getFirst();
    if (host.protocol() == AddressProtocol.UNIX) {
      return new KuboEndpoint(scheme + "localhost", Optional.of(Path.of("/", host.value())));
    }
    String port = address.value(AddressProtocol.TCP).orElseThrow(() -> notUnderstood(address));
    String base = scheme + host(host, address) + ":" + port;
    if (!isUri(base)) {
      throw notUnderstood(address);
    }
    return new KuboEndpoint(base, Optional.empty());
  }

  private static String host(Multiaddr.Part host, Multiaddr address) {
    return switch (host.protocol()) {
      case IP4, DNS, DNS4, DNS6 -> host.value();
      case IP6 -> "[" + host.value() + "]";
      default -> throw notUnderstood(address);
    };
  }

  private static boolean isUri(String base) {
    try {
      URI uri = new URI(base);
      return uri.getHost() != null && uri.getUserInfo() == null && uri.getPath().isEmpty();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static IpfsException notUnderstood(Multiaddr address) {
    return new IpfsException(
        "cannot reach Kubo at " + address + ": it must be /ip4, /ip6 or /dns4 with /tcp, or /unix");
  }
}
