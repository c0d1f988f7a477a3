package io.ecluster.ctl;

import io.ecluster.client.Connection;
import io.ecluster.client.Deadline;
import io.ecluster.client.Dialer;
import io.ecluster.client.Route;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The way to an API by HTTP/1.1 over a libp2p stream. The connection is encrypted, and the peer is
 * who it says; our own identity is made up for each run.
 */
record Libp2pRoute(Multiaddr address, Optional<PreSharedKey> secret, DnsAddresses names)
    implements Route {
  static final String PROTOCOL = "/libp2p-http";

  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(30);

  /**
   * @throws LocalException if the address names a peer but not where it is, or the secret is none
   */
  static Route to(Multiaddr address, Optional<byte[]> secret) {
    if (address.parts().getFirst().protocol() == AddressProtocol.P2P) {
      throw new LocalException(
          "error creating API client: " + address + " only includes a Peer ID, and no address");
    }
    if (secret.isPresent() && secret.get().length != PreSharedKey.BYTES) {
      throw new LocalException(
          "error creating API client: a secret has 32 bytes, not " + secret.get().length);
    }
    // Nothing is said of logging, which has no place to go in a command line.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    return new Libp2pRoute(address, secret.map(PreSharedKey::new), DnsAddresses.ofSystem());
  }

  @Override
  public String hostHeader() {
    return address.peerId().map(PeerId::toString).orElse("libp2p");
  }

  @Override
  public String url() {
    return "libp2p:" + address;
  }

  @Override
  public List<Dialer> dialers() throws IOException {
    return names.resolve(address).stream()
        .map(found -> (Dialer) deadline -> dial(found, deadline))
        .toList();
  }

  private Connection dial(Multiaddr found, Deadline deadline) throws IOException {
    PeerId peer =
        found.peerId().orElseThrow(() -> new IOException(found + " does not say which peer it is"));
    SecureRandom random = new SecureRandom();
    HostConfig open = HostConfig.of(Identity.generate(random)).withAgent("ipfs-cluster-ctl");
    Host host = Libp2pHost.create(secret.map(open::withSecret).orElse(open));
    deadline.guard(host::close);
    try {
      Duration limit = deadline.limit().isZero() ? DIAL_TIMEOUT : deadline.limit();
      host.connect(peer, List.of(found.withoutPeerId()), limit);
      return new StreamConnection(host, host.open(peer, List.of(PROTOCOL), limit));
    } catch (IOException e) {
      host.close();
      throw e;
    }
  }

  private record StreamConnection(Host host, Stream stream) implements Connection {
    @Override
    public InputStream input() {
      return stream.input();
    }

    @Override
    public OutputStream output() {
      return stream.output();
    }

    @Override
    public void close() {
      stream.reset();
      host.close();
    }
  }
}
