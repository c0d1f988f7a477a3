package io.ecluster.core.monitor;

import io.ecluster.multiformats.Multiaddr;
import java.net.InetAddress;

/** Tells addresses that mean the same machine to everyone from those that do not. */
final class DialableAddresses {
  private DialableAddresses() {}

  /** Whether it begins with a DNS name or a global unicast IP address, which private ones are. */
  static boolean isDialableByOthers(Multiaddr address) {
    Multiaddr.Part first = address.parts().getFirst();
    return switch (first.protocol().text()) {
      case "dns", "dns4", "dns6", "dnsaddr" -> true;
      case "ip4", "ip6" -> isGlobalUnicast(first.value());
      default -> false;
    };
  }

  private static boolean isGlobalUnicast(String literal) {
    InetAddress ip = InetAddress.ofLiteral(literal);
    return !ip.isAnyLocalAddress()
        && !ip.isLoopbackAddress()
        && !ip.isLinkLocalAddress()
        && !ip.isMulticastAddress();
  }
}
