package io.ecluster.libp2p;

import io.ecluster.libp2p.mux.YamuxSession;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A secured, multiplexed connection to a peer.
 *
 * @param remoteAddress as the socket shows it
 * @param traffic counts what its streams carry
 * @param ready done when the peer has identified itself; failed if it did not
 */
record Connection(
    PeerId peer,
    Multiaddr remoteAddress,
    boolean outbound,
    YamuxSession session,
    TrafficMeter traffic,
    CompletableFuture<Void> ready) {
  /** Opens a stream for a protocol that the peer is known to speak. */
  Stream open(String protocol, Duration timeout) throws IOException {
    return NegotiatedStream.lazy(session.open(timeout), peer, protocol, traffic.of(protocol));
  }

  void awaitReady(Duration timeout) throws IOException {
    try {
      ready.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException(peer + " has not identified itself for " + timeout, e);
    } catch (ExecutionException e) {
      throw new IOException(peer + " did not identify itself: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
