package io.ecluster.libp2p;

import static io.ecluster.multiformats.AddressProtocol.DNS;
import static io.ecluster.multiformats.AddressProtocol.DNS4;
import static io.ecluster.multiformats.AddressProtocol.DNS6;
import static io.ecluster.multiformats.AddressProtocol.IP4;
import static io.ecluster.multiformats.AddressProtocol.IP6;
import static io.ecluster.multiformats.AddressProtocol.TCP;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Between multiaddrs and socket addresses. */
final class SocketAddresses {
  private static final Set<AddressProtocol> HOSTS = Set.of(IP4, IP6, DNS, DNS4, DNS6);

  private SocketAddresses() {}

  /** Whether this is plain TCP, the one transport we speak. */
  static boolean isTcp(Multiaddr address) {
    List<Multiaddr.Part> parts = address.parts();
    return parts.size() == 2
        && HOSTS.contains(parts.getFirst().protocol())
        && parts.get(1).protocol() == TCP;
  }

  static Multiaddr of(InetSocketAddress socket) {
    return of(socket.getAddress(), socket.getPort());
  }

  static Multiaddr of(InetAddress host, int port) {
    Multiaddr.Part ip =
        host instanceof Inet4Address
            ? new Multiaddr.Part(IP4, host.getHostAddress())
            : new Multiaddr.Part(IP6, host.getHostAddress().replaceFirst("%.*", ""));
    return Multiaddr.parse(ip + "/tcp/" + port);
  }

  static int port(Multiaddr address) {
    return Integer.parseInt(address.value(TCP).orElseThrow());
  }

  /** Whether there is a name to be looked up. */
  static boolean isNamed(Multiaddr address) {
    AddressProtocol host = address.parts().getFirst().protocol();
    return host != IP4 && host != IP6;
  }

  /** Looks a name up when there is one; then it may block on DNS. */
  static List<InetSocketAddress> resolve(Multiaddr address) throws IOException {
    Multiaddr.Part host = address.parts().getFirst();
    List<InetSocketAddress> found = new ArrayList<>();
    for (InetAddress each : InetAddress.getAllByName(host.value())) {
      if (fits(host.protocol(), each)) {
        found.add(new InetSocketAddress(each, port(address)));
      }
    }
    if (found.isEmpty()) {
      throw new UnknownHostException("no " + host.protocol().text() + " of " + host.value());
    }
    return found;
  }

  private static boolean fits(AddressProtocol protocol, InetAddress address) {
    return switch (protocol) {
      case DNS4 -> address instanceof Inet4Address;
      case DNS6 -> address instanceof Inet6Address;
      default -> true;
    };
  }

  static InetSocketAddress toListen(Multiaddr address) throws IOException {
    return resolve(address).getFirst();
  }

  /** The addresses a bound socket can be reached at: one for each interface if bound to all. */
  static List<Multiaddr> reachable(InetSocketAddress bound) throws SocketException {
    if (!bound.getAddress().isAnyLocalAddress()) {
      return List.of(of(bound));
    }
    List<Multiaddr> all = new ArrayList<>();
    boolean ip4 = bound.getAddress() instanceof Inet4Address;
    for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : card.inetAddresses().toList()) {
        if (ip4 == (address instanceof Inet4Address) && !address.isLinkLocalAddress()) {
          all.add(of(address, bound.getPort()));
        }
      }
    }
    return all;
  }

  static boolean isLoopback(Multiaddr address) {
    Multiaddr.Part host = address.parts().getFirst();
    return (host.protocol() == IP4 && host.value().startsWith("127."))
        || (host.protocol() == IP6 && host.value().equals("::1"));
  }

  /** Those we can dial, without {@code /p2p}; QUIC, WebSocket and the like are left out. */
  static List<Multiaddr> tcpOnly(List<Multiaddr> addresses) {
    List<Multiaddr> tcp = new ArrayList<>();
    for (Multiaddr address : addresses) {
      try {
        Multiaddr plain = address.withoutPeerId();
        if (isTcp(plain)) {
          tcp.add(plain);
        }
      } catch (FormatException e) {
        // Nothing but a peer id: no address.
      }
    }
    return tcp;
  }
}
