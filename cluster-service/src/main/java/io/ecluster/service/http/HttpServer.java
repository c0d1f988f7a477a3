package io.ecluster.service.http;

import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.HttpApiSettings.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP listeners; every request runs on a virtual thread. */
public final class HttpServer implements AutoCloseable {
  /** Jetty's own threads: acceptors and selectors. Handlers do not run on them. */
  private static final int SYSTEM_THREADS = 16;

  private final Listening settings;
  private final Server server;

  private HttpServer(Listening settings, Server server) {
    this.settings = settings;
    this.server = server;
  }

  /**
   * Where and how a server listens.
   *
   * @param name what it is, for messages
   * @param addresses TCP addresses and unix sockets
   * @param tls for all of those; empty for plain HTTP
   * @param libp2p a host to serve too, which is started and closed with the server
   */
  public record Listening(
      String name,
      List<Multiaddr> addresses,
      int maxHeaderBytes,
      Timeouts timeouts,
      Optional<SSLContext> tls,
      Optional<Libp2pHost> libp2p,
      Optional<AccessLog> accessLog) {
    public Listening {
      addresses = List.copyOf(addresses);
    }

    /**
     * Plain HTTP, of which no log is kept.
     *
     * @param readHeaderTimeout how long the head of a request may take; zero: for ever
     */
    public Listening(
        String name,
        List<Multiaddr> addresses,
        int maxHeaderBytes,
        Duration readHeaderTimeout,
        Duration idleTimeout) {
      this(
          name,
          addresses,
          maxHeaderBytes,
          new Timeouts(Duration.ZERO, readHeaderTimeout, Duration.ZERO, idleTimeout),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * Starts listening.
   *
   * @throws ConfigException if an address cannot be listened on
   */
  public static HttpServer start(Listening settings, HttpService service) {
    return start(settings, service, HttpWatch.NONE);
  }

  /**
   * As {@link #start(Listening, HttpService)}.
   *
   * @param requests told of each
   */
  public static HttpServer start(Listening settings, HttpService service, HttpWatch requests) {
    Server server = newServer();
    ConnectionWatch watch =
        new ConnectionWatch(server.getScheduler(), settings.timeouts(), System::nanoTime);
    Connectors connectors = new Connectors(server, settings);
    for (Multiaddr address : settings.addresses()) {
      add(connectors.listening(address), watch, server);
    }
    settings.libp2p().ifPresent(host -> serve(host, connectors.libp2p(), watch, server));
    settings.accessLog().ifPresent(server::setRequestLog);
    server.setErrorHandler(new PlainErrors());
    server.setHandler(new ServiceHandler(service, watch, requests));
    HttpServer started = new HttpServer(settings, server);
    try {
      server.start();
    } catch (Exception e) {
      started.close();
      throw new ConfigException(settings.name() + " cannot listen: " + e.getMessage(), e);
    }
    settings.libp2p().ifPresent(Libp2pHost::start);
    return started;
  }

  private static void add(AbstractConnector connector, ConnectionWatch watch, Server server) {
    connector.addBean(watch);
    server.addConnector(connector);
  }

  private static void serve(
      Libp2pHost host, Libp2pConnector connector, ConnectionWatch watch, Server server) {
    host.handle(Libp2pConnector.PROTOCOL, connector::serve);
    add(connector, watch, server);
  }

  /** The addresses really listened on, with ports that were chosen by the system. */
  public List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (Connector connector : server.getConnectors()) {
      switch (connector) {
        case ServerConnector tcp -> addresses.add(address(tcp));
        case UnixDomainServerConnector unix -> addresses.add("/unix/" + unix.getUnixDomainPath());
        default -> {}
      }
    }
    settings
        .libp2p()
        .ifPresent(host -> host.addresses().forEach(address -> addresses.add(address.toString())));
    return addresses;
  }

  private static String address(ServerConnector tcp) {
    String protocol = tcp.getHost().contains(":") ? "/ip6/" : "/ip4/";
    return protocol + tcp.getHost() + "/tcp/" + tcp.getLocalPort();
  }

  private static Server newServer() {
    QueuedThreadPool threads = new QueuedThreadPool(SYSTEM_THREADS);
    threads.setName("http");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    server.setStopTimeout(0);
    return server;
  }

  @Override
  public void close() {
    settings.libp2p().ifPresent(Libp2pHost::close);
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(settings.name() + " did not stop: " + e.getMessage(), e);
    } finally {
      settings.accessLog().ifPresent(AccessLog::close);
    }
  }
}
