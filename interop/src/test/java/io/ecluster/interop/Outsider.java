package io.ecluster.interop;

import io.ecluster.core.rpc.Gorpc;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Somebody at the door of a cluster, or of an IPFS network: a host, without a peer on top. */
final class Outsider implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Libp2pHost host;

  /** Has the secret of a cluster. */
  Outsider(Identity identity, String secret) {
    this(HostConfig.of(identity).withSecret(PreSharedKey.parse(secret)));
  }

  /** Has no secret, as anybody of the public IPFS network. */
  Outsider(Identity identity) {
    this(HostConfig.of(identity));
  }

  private Outsider(HostConfig config) {
    try {
      host = Libp2pHost.create(config.withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    host.start();
  }

  Libp2pHost host() {
    return host;
  }

  /** Connects to a peer at an address that ends in its id. */
  PeerId connect(String address) throws IOException {
    Multiaddr full = Multiaddr.parse(address);
    PeerId peer = full.peerId().orElseThrow();
    host.connect(peer, List.of(full), PATIENCE);
    return peer;
  }

  /**
   * What a peer answers to the bytes of a call, until it ends the stream.
   *
   * @param halfClose whether the arguments end with them
   */
  byte[] call(PeerId peer, byte[] request, boolean halfClose) throws IOException {
    try (Stream stream = host.open(peer, List.of(Gorpc.PROTOCOL), PATIENCE)) {
      stream.setReadTimeout(PATIENCE);
      stream.output().write(request);
      stream.output().flush();
      if (halfClose) {
        stream.closeWrite();
      }
      return stream.input().readAllBytes();
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
