package io.ecluster.ctl;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * Looks up {@code /dnsaddr/NAME}: TXT records of {@code _dnsaddr.NAME} that say {@code
 * dnsaddr=MULTIADDR}.
 *
 * @param server a JNDI URL of the DNS server to ask; {@code dns:} asks those of the system
 */
record DnsAddresses(String server) {
  /** One record may lead to another name, and so on. */
  private static final int MAX_DEPTH = 4;

  /** More answers than this are none. */
  private static final int MAX_ADDRESSES = 64;

  private static final String PREFIX = "dnsaddr=";
  private static final String FIRST_WAIT_MILLIS = "2000";
  private static final String TRIES = "3";

  static DnsAddresses ofSystem() {
    return new DnsAddresses("dns:");
  }

  /**
   * Where an address leads; another kind of address leads to itself.
   *
   * @throws UnknownHostException if there is nothing to connect to
   */
  List<Multiaddr> resolve(Multiaddr address) throws UnknownHostException {
    List<Multiaddr> found = new ArrayList<>();
    resolve(address, MAX_DEPTH, found);
    if (found.isEmpty()) {
      throw new UnknownHostException(address + " leads to no TCP address");
    }
    return found;
  }

  private void resolve(Multiaddr address, int depth, List<Multiaddr> found)
      throws UnknownHostException {
    Optional<String> name = address.value(AddressProtocol.DNSADDR);
    if (name.isEmpty()) {
      found.add(address);
      return;
    }
    for (Multiaddr next : records(name.get(), address.peerId())) {
      boolean another = next.value(AddressProtocol.DNSADDR).isPresent();
      if (found.size() < MAX_ADDRESSES && (another ? depth > 1 : isTcp(next))) {
        resolve(next, depth - 1, found);
      }
    }
  }

  /** The one transport that we speak. */
  private static boolean isTcp(Multiaddr address) {
    return address.parts().size() == 3
        && address.parts().get(1).protocol() == AddressProtocol.TCP
        && address.peerId().isPresent();
  }

  private List<Multiaddr> records(String name, Optional<PeerId> wanted)
      throws UnknownHostException {
    List<Multiaddr> addresses = new ArrayList<>();
    for (String text : texts("_dnsaddr." + name)) {
      String plain = text.replace("\"", "");
      if (plain.startsWith(PREFIX)) {
        parse(plain.substring(PREFIX.length()))
            .filter(address -> wanted.isEmpty() || wanted.equals(address.peerId()))
            .ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  /** Addresses of kinds that we do not know are left out. */
  private static Optional<Multiaddr> parse(String text) {
    try {
      return Optional.of(Multiaddr.parse(text));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** The DNS provider gives strings and makes no objects of what it reads. */
  @SuppressWarnings({"BanJNDI", "JdkObsolete"})
  private List<String> texts(String name) throws UnknownHostException {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(Context.PROVIDER_URL, server);
    environment.put("com.sun.jndi.dns.timeout.initial", FIRST_WAIT_MILLIS);
    environment.put("com.sun.jndi.dns.timeout.retries", TRIES);
    try {
      InitialDirContext context = new InitialDirContext(environment);
      try {
        return values(context.getAttributes(name, new String[] {"TXT"}).get("TXT"));
      } finally {
        context.close();
      }
    } catch (NamingException e) {
      UnknownHostException told =
          new UnknownHostException("cannot resolve " + name + ": " + e.getMessage());
      told.initCause(e);
      throw told;
    }
  }

  @SuppressWarnings("BanJNDI")
  private static List<String> values(@Nullable Attribute records) throws NamingException {
    List<String> texts = new ArrayList<>();
    if (records != null) {
      NamingEnumeration<?> all = records.getAll();
      while (all.hasMore() && texts.size() < MAX_ADDRESSES) {
        texts.add(String.valueOf(all.next()));
      }
    }
    return texts;
  }
}
