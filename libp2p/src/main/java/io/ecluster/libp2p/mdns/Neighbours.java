package io.ecluster.libp2p.mdns;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Tells senders on our own networks from all others: the port is open to anybody's unicast. */
final class Neighbours {
  /** An address of ours and how many of its bits are the network's. */
  record Network(InetAddress own, int prefixBits) {}

  private final List<Network> networks;

  Neighbours(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /** Those of this machine now. */
  static Neighbours current() throws SocketException {
    List<Network> networks = new ArrayList<>();
    for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InterfaceAddress each : card.getInterfaceAddresses()) {
        networks.add(new Network(each.getAddress(), each.getNetworkPrefixLength()));
      }
    }
    return new Neighbours(networks);
  }

  boolean isNeighbour(InetAddress sender) {
    return sender.isLinkLocalAddress()
        || networks.stream().anyMatch(network -> contains(network, sender.getAddress()));
  }

  boolean isThisMachine(InetAddress sender) {
    return sender.isLoopbackAddress()
        || networks.stream()
            .anyMatch(n -> Arrays.equals(n.own().getAddress(), sender.getAddress()));
  }

  private static boolean contains(Network network, byte[] address) {
    byte[] own = network.own().getAddress();
    if (own.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < network.prefixBits(); bit++) {
      int mask = 0x80 >> (bit & 7);
      if (((own[bit >> 3] ^ address[bit >> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
