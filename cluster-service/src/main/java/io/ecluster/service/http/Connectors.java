package io.ecluster.service.http;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Makes what a server listens with. */
record Connectors(Server server, HttpServer.Listening settings) {
  private static final int MAX_RESPONSE_HEADER_BYTES = 16 * 1024;
  private static final int OUTPUT_BUFFER_BYTES = 256 * 1024;

  /**
   * Connections that wait to be accepted. Where it overflows, the system may forget one that its
   * client takes for open.
   */
  private static final int ACCEPT_QUEUE = 1024;

  /** Go's net/http reads so much beyond the limit that it is given. */
  private static final int HEADER_SLOP_BYTES = 4096;

  AbstractConnector listening(Multiaddr address) {
    ConnectionFactory[] protocols = protocols();
    return address
        .value(AddressProtocol.UNIX)
        .map(socket -> unix(Path.of("/" + socket.replaceFirst("^/+", "")), protocols))
        .orElseGet(() -> tcp(address, protocols));
  }

  /** Serves streams instead of sockets; TLS is not needed there. */
  Libp2pConnector libp2p() {
    Libp2pConnector connector = new Libp2pConnector(server, http());
    connector.setIdleTimeout(settings.timeouts().idle().toMillis());
    return connector;
  }

  private ConnectionFactory[] protocols() {
    HttpConnectionFactory http = http();
    if (settings.tls().isEmpty()) {
      return new ConnectionFactory[] {http};
    }
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(settings.tls().get());
    ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    SslConnectionFactory handshake = new SslConnectionFactory(ssl, http.getProtocol());
    handshake.setEnsureSecureRequestCustomizer(false); // whichever name a client knows us by
    return new ConnectionFactory[] {handshake, http};
  }

  private HttpConnectionFactory http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(settings.maxHeaderBytes() + HEADER_SLOP_BYTES);
    http.setResponseHeaderSize(MAX_RESPONSE_HEADER_BYTES);
    http.setOutputBufferSize(OUTPUT_BUFFER_BYTES);
    http.setOutputAggregationSize(0);
    http.setUriCompliance(UriCompliance.UNSAFE); // paths are looked at by the services
    return new HttpConnectionFactory(http);
  }

  private AbstractConnector tcp(Multiaddr address, ConnectionFactory... protocols) {
    ServerConnector connector = new KeptAlive(server, protocols);
    connector.setHost(host(address));
    connector.setPort(port(address));
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setIdleTimeout(settings.timeouts().idle().toMillis());
    return connector;
  }

  /** Lets the system notice that a client is gone which will never say so. */
  private static final class KeptAlive extends ServerConnector {
    KeptAlive(Server server, ConnectionFactory... protocols) {
      super(server, protocols);
    }

    @Override
    protected void configure(Socket socket) {
      super.configure(socket);
      try {
        socket.setKeepAlive(true);
      } catch (SocketException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String host(Multiaddr address) {
    return address
        .value(AddressProtocol.IP4)
        .or(() -> address.value(AddressProtocol.IP6))
        .or(() -> address.value(AddressProtocol.DNS4))
        .or(() -> address.value(AddressProtocol.DNS6))
        .or(() -> address.value(AddressProtocol.DNS))
        .orElseThrow(() -> unusable(address));
  }

  private static int port(Multiaddr address) {
    Optional<String> port = address.value(AddressProtocol.TCP);
    return Integer.parseInt(port.orElseThrow(() -> unusable(address)));
  }

  private static ConfigException unusable(Multiaddr address) {
    return new ConfigException(
        "HTTP cannot listen on " + address + "; use /ip4/…/tcp/… or /unix/PATH");
  }

  private AbstractConnector unix(Path socket, ConnectionFactory... protocols) {
    try {
      Files.deleteIfExists(socket); // left behind by a process that was killed
    } catch (IOException e) {
      throw new ConfigException("socket " + socket + " cannot be replaced: " + e.getMessage(), e);
    }
    UnixDomainServerConnector connector = new UnixDomainServerConnector(server, protocols);
    connector.setUnixDomainPath(socket);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setIdleTimeout(settings.timeouts().idle().toMillis());
    return connector;
  }
}
