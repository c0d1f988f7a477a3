package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections on one address, on a thread of its own, within the limits. */
final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** When no socket can be had, trying again at once would only burn time. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  private final ServerSocketChannel server;
  private final InboundLimits limits;
  private final Refusals refused;
  private final Accepted accepted;
  private final OncePerInterval<String> complaints =
      new OncePerInterval<>(Duration.ofMinutes(1), System::nanoTime);

  /** Gets each connection on a thread of its own. */
  interface Accepted {
    void serve(SocketChannel socket, InetAddress from) throws IOException;
  }

  Listener(Multiaddr address, InboundLimits limits, Refusals refused, Accepted accepted)
      throws IOException {
    this.limits = limits;
    this.refused = refused;
    this.accepted = accepted;
    this.server = ServerSocketChannel.open();
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(SocketAddresses.toListen(address), 1024);
    } catch (IOException e) {
      server.close();
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  void start() {
    Thread.ofVirtual().name("libp2p-listen-" + server.socket().getLocalPort()).start(this::run);
  }

  InetSocketAddress bound() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
  }

  private void run() {
    while (server.isOpen()) {
      try {
        admit(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        if (complaints.tryPass("accept")) {
          log.warn("cannot accept connections: {}", e.getMessage());
        }
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
      }
    }
  }

  private void admit(SocketChannel socket) throws IOException {
    InetAddress from = socket.socket().getInetAddress();
    if (from == null || !limits.mayBegin(from)) {
      socket.close();
      refused.count(Refusals.Reason.TOO_MANY);
      if (complaints.tryPass(String.valueOf(from))) {
        log.warn("too many connections from {}: some were refused", from);
      }
      return;
    }
    Thread.ofVirtual().name("libp2p-accept").start(() -> serve(socket, from));
  }

  private void serve(SocketChannel socket, InetAddress from) {
    try {
      accepted.serve(socket, from);
    } catch (IOException | RuntimeException e) {
      log.debug("connection from {} failed", from, e);
      closeQuietly(socket);
    }
  }

  static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("socket does not close", e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.debug("listener does not close", e);
    }
  }
}
