package io.ecluster.libp2p.mdns;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What peers of one kind tell each other: an instance with a random name, whose text has an entry
 * {@code dnsaddr=ADDRESS/p2p/ID} for each address. The other records are there because others would
 * not take the text without.
 *
 * @param name such as {@code _ipfs-cluster-discovery._udp.local}
 */
record Service(DnsName name) {
  /** Of instance records; go-libp2p's. */
  static final long TTL_SECONDS = 3200;

  /** Of addresses; go-libp2p's. */
  static final long ADDRESS_TTL_SECONDS = 120;

  /** Keeps a packet below what an Ethernet frame carries. */
  static final int MAX_TEXT_BYTES = 1100;

  /** More than a peer with many interfaces names. */
  static final int MAX_ADDRESSES = 16;

  /** Must be there, and means nothing; go-libp2p's. */
  private static final int PORT = 4001;

  private static final String PREFIX = "dnsaddr=";
  private static final int MAX_STRING_BYTES = 255;

  /** Whether a question is for this service or one instance of it. */
  boolean isAskedBy(DnsMessage.Question question, String instance) {
    boolean ours = question.name().equals(name) || question.name().equals(name.child(instance));
    boolean kind =
        switch (question.type()) {
          case DnsMessage.TYPE_PTR, DnsMessage.TYPE_SRV, DnsMessage.TYPE_TXT, DnsMessage.TYPE_ANY ->
              true;
          default -> false;
        };
    return ours && kind;
  }

  /**
   * Tells where we are.
   *
   * @param instance name of this peer on the network, for as long as it runs
   * @param addresses ending in {@code /p2p/ID}; those that do not fit a packet are left out
   * @return empty if no address can be told
   */
  Optional<DnsMessage> answer(String instance, List<Multiaddr> addresses) {
    List<Multiaddr> plain = addresses.stream().filter(Service::isPlain).toList();
    List<String> texts = texts(plain);
    if (texts.isEmpty()) {
      return Optional.empty();
    }
    DnsName self = name.child(instance);
    DnsName host = new DnsName(List.of(instance, "local"));
    List<DnsRecord> beside = new ArrayList<>();
    beside.add(new DnsRecord(self, TTL_SECONDS, new DnsRecord.Service(PORT, host)));
    beside.add(new DnsRecord(self, TTL_SECONDS, new DnsRecord.Text(texts)));
    for (AddressProtocol kind : List.of(AddressProtocol.IP4, AddressProtocol.IP6)) {
      plain.stream()
          .flatMap(address -> address.value(kind).stream())
          .findFirst()
          .ifPresent(ip -> beside.add(address(host, ip)));
    }
    return Optional.of(message(self, TTL_SECONDS, beside));
  }

  /** Takes back what was told. */
  DnsMessage goodbye(String instance) {
    return message(name.child(instance), 0, List.of());
  }

  private DnsMessage message(DnsName self, long ttl, List<DnsRecord> beside) {
    DnsRecord pointer = new DnsRecord(name, ttl, new DnsRecord.Pointer(self));
    return new DnsMessage(true, List.of(), List.of(pointer), beside);
  }

  private static DnsRecord address(DnsName host, String ip) {
    try {
      byte[] bytes = InetAddress.getByName(ip).getAddress();
      return new DnsRecord(host, ADDRESS_TTL_SECONDS, new DnsRecord.Address(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + ip, e);
    }
  }

  private static List<String> texts(List<Multiaddr> addresses) {
    List<String> texts = new ArrayList<>();
    int bytes = 0;
    for (Multiaddr address : addresses) {
      String text = PREFIX + address;
      bytes += 1 + text.length();
      if (bytes > MAX_TEXT_BYTES || texts.size() == MAX_ADDRESSES) {
        break;
      }
      texts.add(text);
    }
    return texts;
  }

  /**
   * The peers in somebody's answer, with their addresses. Only TCP at an IP address: nobody on the
   * network has us look up names.
   */
  Map<PeerId, List<Multiaddr>> peers(DnsMessage message) {
    Map<PeerId, List<Multiaddr>> found = new LinkedHashMap<>();
    for (DnsRecord record : message.answers()) {
      if (record.ttl() > 0
          && record.name().isChildOf(name)
          && record.data() instanceof DnsRecord.Text text) {
        text.strings().stream().limit(MAX_ADDRESSES).forEach(entry -> add(found, entry));
      }
    }
    return found;
  }

  private static void add(Map<PeerId, List<Multiaddr>> found, String entry) {
    parse(entry)
        .ifPresent(address -> {
          PeerId peer = address.peerId().orElseThrow();
          found.computeIfAbsent(peer, key -> new ArrayList<>()).add(address);
        });
  }

  private static Optional<Multiaddr> parse(String entry) {
    if (!entry.startsWith(PREFIX) || entry.length() > MAX_STRING_BYTES) {
      return Optional.empty();
    }
    try {
      return Optional.of(Multiaddr.parse(entry.substring(PREFIX.length())))
          .filter(Service::isPlain);
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** {@code /ip4|ip6/…/tcp/…/p2p/…}. */
  private static boolean isPlain(Multiaddr address) {
    List<AddressProtocol> kinds =
        address.parts().stream().<AddressProtocol>map(Multiaddr.Part::protocol).toList();
    return kinds.size() == 3
        && (kinds.getFirst() == AddressProtocol.IP4 || kinds.getFirst() == AddressProtocol.IP6)
        && kinds.get(1) == AddressProtocol.TCP
        && address.peerId().isPresent();
  }
}
