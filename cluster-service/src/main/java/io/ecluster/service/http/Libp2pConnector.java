package io.ecluster.service.http;

import io.ecluster.libp2p.Stream;
import java.io.IOException;
import java.util.Objects;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;

/**
 * Takes streams of a libp2p host for connections: each speaks HTTP/1.1, one request after another.
 * So they are served, limited and logged like those that come over sockets.
 */
final class Libp2pConnector extends AbstractConnector {
  static final String PROTOCOL = "/libp2p-http";

  /** Streams are handed over by the host's threads. */
  private static final int NO_ACCEPTORS = 0;

  Libp2pConnector(Server server, HttpConnectionFactory http) {
    super(server, null, null, null, NO_ACCEPTORS, http);
  }

  @Override
  protected void accept(int acceptor) {
    throw new IllegalStateException("there are no acceptors");
  }

  @Override
  public Object getTransport() {
    return PROTOCOL;
  }

  /** Serves one stream until it is closed. */
  void serve(Stream stream) throws IOException {
    if (!isRunning()) {
      throw new IOException("the HTTP API is not running");
    }
    StreamEndPoint endPoint = new StreamEndPoint(getScheduler(), stream);
    endPoint.setIdleTimeout(getIdleTimeout());
    Connection connection =
        Objects.requireNonNull(getDefaultConnectionFactory()).newConnection(this, endPoint);
    endPoint.setConnection(connection);
    onEndPointOpened(endPoint);
    try {
      endPoint.onOpen();
      connection.onOpen();
      endPoint.awaitClosed();
    } finally {
      endPoint.close();
      onEndPointClosed(endPoint);
    }
  }
}
