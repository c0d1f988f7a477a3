package io.ecluster.client;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an API listens.
 *
 * @param hostHeader what goes into the Host header
 */
public record Endpoint(SocketAddress address, String hostHeader) {
  /**
   * Parses {@code /ip4/…/tcp/…}, {@code /dns…/…/tcp/…} or {@code /unix/PATH}.
   *
   * @throws FormatException if it is another kind of address
   */
  public static Endpoint parse(String text) {
    Multiaddr address = Multiaddr.parse(text);
    Optional<String> socket = address.value(AddressProtocol.UNIX);
    return socket.isPresent() ? unix(socket.get()) : tcp(address);
  }

  private static Endpoint unix(String path) {
    Path absolute = Path.of("/" + path.replaceFirst("^/+", ""));
    return new Endpoint(UnixDomainSocketAddress.of(absolute), "localhost");
  }

  private static Endpoint tcp(Multiaddr address) {
    String port = address.value(AddressProtocol.TCP).orElseThrow(() -> unusable(address));
    String host =
        address
            .value(AddressProtocol.IP4)
            .or(() -> address.value(AddressProtocol.IP6))
            .or(() -> address.value(AddressProtocol.DNS4))
            .or(() -> address.value(AddressProtocol.DNS6))
            .or(() -> address.value(AddressProtocol.DNS))
            .orElseThrow(() -> unusable(address));
    String header = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    return new Endpoint(new InetSocketAddress(resolve(host), Integer.parseInt(port)), header);
  }

  private static InetAddress resolve(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ApiException("cannot resolve " + host, e);
    }
  }

  private static FormatException unusable(Multiaddr address) {
    return new FormatException(
        "cannot connect to " + address + "; use /ip4/HOST/tcp/PORT, /dns4/… or /unix/PATH");
  }
}
