package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * One libp2p peer: it listens, dials, and opens and accepts streams. Safe for use by many threads.
 */
public interface Host extends AutoCloseable {
  PeerId id();

  /** The addresses others can dial, each ending in {@code /p2p/ID}. */
  List<Multiaddr> addresses();

  /**
   * Serves a protocol; each stream runs on a virtual thread of its own. Register before connecting
   * to anyone.
   */
  void handle(String protocol, StreamHandler handler);

  /**
   * Connects, unless connected already, trying {@code addresses} and those known from before.
   *
   * @throws IOException if no address answers in time or the peer there is another
   */
  void connect(PeerId peer, Collection<Multiaddr> addresses, Duration timeout) throws IOException;

  /**
   * Opens a stream for the first of {@code protocols} that the peer speaks, dialling it when
   * needed.
   *
   * @throws IOException if the peer cannot be reached or speaks none of them
   */
  Stream open(PeerId peer, List<String> protocols, Duration timeout) throws IOException;

  /**
   * Measures a round trip on a live connection, dialling when needed.
   *
   * @throws IOException if no answer comes in time: the peer is gone or stuck
   */
  Duration ping(PeerId peer, Duration timeout) throws IOException;

  /** Drops all connections to a peer. */
  void disconnect(PeerId peer);

  List<PeerId> connectedPeers();

  boolean isConnected(PeerId peer);

  /** What the peer said it speaks when it identified itself; empty before that. */
  Set<String> protocols(PeerId peer);

  /** Every address known for a peer, connected or not, without {@code /p2p}. */
  List<Multiaddr> knownAddresses(PeerId peer);

  /** Remembers addresses for later dials. */
  void remember(PeerId peer, Collection<Multiaddr> addresses);

  /**
   * Called after a peer has identified itself, when its protocols change, and after its last
   * connection closed.
   */
  void addListener(ConnectionListener listener);

  @Override
  void close();
}
