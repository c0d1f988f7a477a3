package io.ecluster.client;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.util.Arrays;
import java.util.Optional;

/** A network such as {@code 10.0.0.0/8}. */
record IpRange(byte[] network, int bits) {
  static Optional<IpRange> parse(String text) {
    String[] halves = text.split("/", 2);
    Optional<byte[]> network = bytes(halves[0]);
    if (network.isEmpty() || !halves[1].matches("\\d{1,3}")) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(halves[1]);
    return network.filter(ip -> bits <= ip.length * Byte.SIZE).map(ip -> new IpRange(ip, bits));
  }

  /** False for names, which are not looked up for this. */
  boolean contains(String host) {
    return bytes(host).filter(ip -> ip.length == network.length).stream()
        .anyMatch(ip -> Arrays.equals(masked(ip), masked(network)));
  }

  private byte[] masked(byte[] ip) {
    byte[] masked = new byte[ip.length];
    for (int bit = 0; bit < bits; bit++) {
      masked[bit / Byte.SIZE] |= (byte) (ip[bit / Byte.SIZE] & 0x80 >>> bit % Byte.SIZE);
    }
    return masked;
  }

  /** The bytes of a literal address. */
  private static Optional<byte[]> bytes(String ip) {
    AddressProtocol kind = ip.contains(":") ? AddressProtocol.IP6 : AddressProtocol.IP4;
    try {
      byte[] coded = Multiaddr.parse("/" + kind.text() + "/" + ip).toBytes();
      return Optional.of(Arrays.copyOfRange(coded, 1, coded.length)); // behind the protocol's code
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
