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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
    if (address.peerId().isPresent()) {
      throw unusable(address); // HTTP over libp2p
    }
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
    return new Endpoint(InetSocketAddress.createUnresolved(host, Integer.parseInt(port)), header);
  }

  /**
   * The addresses to try. Names are looked up here, so that one that is not known does not keep
   * other endpoints from being tried.
   */
  public List<SocketAddress> addresses() throws UnknownHostException {
    if (!(address instanceof InetSocketAddress named)) {
      return List.of(address);
    }
    try {
      return Stream.of(InetAddress.getAllByName(named.getHostString()))
          .map(ip -> (SocketAddress) new InetSocketAddress(ip, named.getPort()))
          .toList();
    } catch (UnknownHostException e) {
      UnknownHostException told =
          new UnknownHostException("cannot resolve " + named.getHostString());
      told.initCause(e);
      throw told;
    }
  }

  private static FormatException unusable(Multiaddr address) {
    return new FormatException(
        "cannot connect to " + address + "; use /ip4/HOST/tcp/PORT, /dns4/… or /unix/PATH");
  }
}
