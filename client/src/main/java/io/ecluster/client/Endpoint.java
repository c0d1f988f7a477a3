package io.ecluster.client;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where an API listens, and the way to it by plain HTTP.
 *
 * @param kind what a host is given as; names may ask for one kind of address
 * @param hostHeader what goes into the Host header
 */
public record Endpoint(SocketAddress address, AddressProtocol kind, String hostHeader)
    implements Route {
  private static final Set<AddressProtocol> HOSTS =
      Set.of(
          AddressProtocol.IP4,
          AddressProtocol.IP6,
          AddressProtocol.DNS,
          AddressProtocol.DNS4,
          AddressProtocol.DNS6);

  /**
   * Parses {@code /ip4/…/tcp/…}, {@code /dns…/…/tcp/…} or {@code /unix/PATH}.
   *
   * @throws FormatException if it is another kind of address
   */
  public static Endpoint parse(String text) {
    return of(Multiaddr.parse(text));
  }

  /**
   * As {@link #parse}.
   *
   * @throws FormatException if it is another kind of address
   */
  public static Endpoint of(Multiaddr address) {
    if (address.peerId().isPresent()) {
      throw unusable(address); // HTTP over libp2p
    }
    Optional<String> socket = address.value(AddressProtocol.UNIX);
    return socket.isPresent() ? unix(socket.get()) : tcp(address);
  }

  /** A host by its name or IP address. */
  public static Endpoint of(String host, int port) {
    return tcp(host, port, AddressProtocol.DNS);
  }

  private static Endpoint unix(String path) {
    Path absolute = Path.of("/" + path.replaceFirst("^/+", ""));
    return new Endpoint(UnixDomainSocketAddress.of(absolute), AddressProtocol.UNIX, "localhost");
  }

  private static Endpoint tcp(Multiaddr address) {
    String port = address.value(AddressProtocol.TCP).orElseThrow(() -> unusable(address));
    Multiaddr.Part host =
        address.parts().stream()
            .filter(part -> HOSTS.contains(part.protocol()))
            .findFirst()
            .orElseThrow(() -> unusable(address));
    return tcp(host.value(), Integer.parseInt(port), host.protocol());
  }

  private static Endpoint tcp(String host, int port, AddressProtocol kind) {
    String header = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    return new Endpoint(InetSocketAddress.createUnresolved(host, port), kind, header);
  }

  @Override
  public List<Dialer> dialers() throws UnknownHostException {
    return addresses().stream().map(found -> (Dialer) new SocketDialer(found)).toList();
  }

  /** The addresses to try; names are looked up here. */
  public List<SocketAddress> addresses() throws UnknownHostException {
    if (!(address instanceof InetSocketAddress named)) {
      return List.of(address);
    }
    List<SocketAddress> found =
        Arrays.stream(lookUp(named.getHostString()))
            .filter(this::isWanted)
            .map(ip -> (SocketAddress) new InetSocketAddress(ip, named.getPort()))
            .toList();
    if (found.isEmpty()) {
      throw new UnknownHostException(
          named.getHostString() + " has no address of the kind " + kind.text());
    }
    return found;
  }

  private static InetAddress[] lookUp(String host) throws UnknownHostException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      UnknownHostException told = new UnknownHostException("cannot resolve " + host);
      told.initCause(e);
      throw told;
    }
  }

  private boolean isWanted(InetAddress ip) {
    return switch (kind) {
      case DNS4 -> ip instanceof Inet4Address;
      case DNS6 -> ip instanceof Inet6Address;
      default -> true;
    };
  }

  private static FormatException unusable(Multiaddr address) {
    return new FormatException(
        "cannot connect to " + address + "; use /ip4/HOST/tcp/PORT, /dns4/… or /unix/PATH");
  }
}
