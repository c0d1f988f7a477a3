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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP listeners; every request runs on a virtual thread. */
public final class HttpServer implements AutoCloseable {
  /** Jetty's own threads: acceptors and selectors. Handlers do not run on them. */
  private static final int SYSTEM_THREADS = 16;

  private static final int MAX_RESPONSE_HEADER_BYTES = 16 * 1024;
  private static final int OUTPUT_BUFFER_BYTES = 256 * 1024;

  private final String name;
  private final Server server;

  private HttpServer(String name, Server server) {
    this.name = name;
    this.server = server;
  }

  /**
   * Where and how a server listens.
   *
   * @param name what it is, for messages
   * @param addresses TCP addresses and unix sockets
   * @param readHeaderTimeout how long the head of a request may take; zero: for ever
   */
  public record Listening(
      String name,
      List<Multiaddr> addresses,
      int maxHeaderBytes,
      Duration readHeaderTimeout,
      Duration idleTimeout) {
    public Listening {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Starts listening.
   *
   * @throws ConfigException if an address cannot be listened on
   */
  public static HttpServer start(Listening settings, HttpService service) {
    Server server = newServer();
    HeaderWatch watch =
        new HeaderWatch(server.getScheduler(), settings.readHeaderTimeout(), System::nanoTime);
    for (Multiaddr address : settings.addresses()) {
      AbstractConnector connector = connector(server, address, settings);
      if (!settings.readHeaderTimeout().isZero()) {
        connector.addBean(watch);
      }
      server.addConnector(connector);
    }
    server.setHandler(new ServiceHandler(service, watch));
    try {
      server.start();
    } catch (Exception e) {
      throw new ConfigException(settings.name() + " cannot listen: " + e.getMessage(), e);
    }
    return new HttpServer(settings.name(), server);
  }

  /** The addresses really listened on, with ports that were chosen by the system. */
  public List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (Connector connector : server.getConnectors()) {
      switch (connector) {
        case ServerConnector tcp ->
            addresses.add(
                (tcp.getHost().contains(":") ? "/ip6/" : "/ip4/")
                    + tcp.getHost()
                    + "/tcp/"
                    + tcp.getLocalPort());
        case UnixDomainServerConnector unix -> addresses.add("/unix/" + unix.getUnixDomainPath());
        default -> {}
      }
    }
    return addresses;
  }

  private static Server newServer() {
    QueuedThreadPool threads = new QueuedThreadPool(SYSTEM_THREADS);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    server.setStopTimeout(0);
    return server;
  }

  private static AbstractConnector connector(Server server, Multiaddr address, Listening settings) {
    HttpConnectionFactory http = new HttpConnectionFactory(httpConfiguration(settings));
    Optional<String> socket = address.value(AddressProtocol.UNIX);
    return socket.isPresent()
        ? unixConnector(server, Path.of("/" + socket.get().replaceFirst("^/+", "")), http)
        : tcpConnector(server, address, settings, http);
  }

  private static HttpConfiguration httpConfiguration(Listening settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(settings.maxHeaderBytes() + 4096); // the slop that Go allows
    http.setResponseHeaderSize(MAX_RESPONSE_HEADER_BYTES);
    http.setOutputBufferSize(OUTPUT_BUFFER_BYTES);
    http.setOutputAggregationSize(0);
    http.setUriCompliance(UriCompliance.UNSAFE);
    return http;
  }

  private static AbstractConnector tcpConnector(
      Server server, Multiaddr address, Listening settings, HttpConnectionFactory http) {
    ServerConnector connector = new KeptAlive(server, http);
    connector.setHost(host(address));
    connector.setPort(port(address));
    connector.setIdleTimeout(settings.idleTimeout().toMillis());
    return connector;
  }

  /** Lets the system notice that a client is gone which will never say so. */
  private static final class KeptAlive extends ServerConnector {
    KeptAlive(Server server, HttpConnectionFactory http) {
      super(server, http);
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
        .or(() -> address.value(AddressProtocol.DNS))
        .orElseThrow(() -> unusable(address));
  }

  private static int port(Multiaddr address) {
    return Integer.parseInt(
        address.value(AddressProtocol.TCP).orElseThrow(() -> unusable(address)));
  }

  private static ConfigException unusable(Multiaddr address) {
    return new ConfigException(
        "HTTP cannot listen on " + address + "; use /ip4/…/tcp/… or /unix/PATH");
  }

  private static AbstractConnector unixConnector(
      Server server, Path socket, HttpConnectionFactory http) {
    try {
      Files.deleteIfExists(socket); // left behind by a process that was killed
    } catch (IOException e) {
      throw new ConfigException("socket " + socket + " cannot be replaced: " + e.getMessage(), e);
    }
    UnixDomainServerConnector connector = new UnixDomainServerConnector(server, http);
    connector.setUnixDomainPath(socket);
    connector.setIdleTimeout(0);
    return connector;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(name + " did not stop: " + e.getMessage(), e);
    }
  }
}
