package io.ecluster.libp2p;

import io.ecluster.libp2p.identify.IdentifyMessage;
import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.mux.ReceiveBudget;
import io.ecluster.libp2p.mux.YamuxException;
import io.ecluster.libp2p.mux.YamuxSession;
import io.ecluster.libp2p.mux.YamuxStream;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host over TCP. Each connection has its own threads and each inbound stream one more; this
 * class joins them with the tables that all share: handlers, connections and what is known of
 * peers.
 */
public final class Libp2pHost implements Host {
  private static final Logger log = LoggerFactory.getLogger(Libp2pHost.class);

  /** One line a minute about an address that is not in our network. */
  private static final Duration COMPLAINT_INTERVAL = Duration.ofMinutes(1);

  /** Handlers registered together are told together: Go takes few pushes from an address. */
  private static final Duration PUSH_DELAY = Duration.ofMillis(100);

  private static final Duration TRAFFIC_INTERVAL = Duration.ofSeconds(1);

  private final HostConfig config;
  private final Upgrader upgrader;
  private final Dialer dialer;
  private final Deadlines deadlines = new Deadlines();
  private final NameLookup names = new NameLookup();
  private final HostRefusals refused = new HostRefusals();
  private final InboundLimits inboundLimits;
  private final ReceiveBudget received = ReceiveBudget.ofHeap();
  private final ConnectionTable connections;
  private final PeerBook book = new PeerBook();
  private final TrafficMeter traffic = new TrafficMeter();
  private final PeerEvents events = new PeerEvents();
  private final IdentifyService identify;
  private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
  private final SharedDials dials = new SharedDials();
  private final List<Listener> listeners = new ArrayList<>();
  private final OncePerInterval<InetAddress> complaints =
      new OncePerInterval<>(COMPLAINT_INTERVAL, System::nanoTime);
  private final OncePerInterval<PeerId> failures =
      new OncePerInterval<>(COMPLAINT_INTERVAL, System::nanoTime);
  private final AtomicBoolean pushDue = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Libp2pHost(HostConfig config) {
    this.config = config;
    this.upgrader = new Upgrader(config);
    this.dialer =
        new Dialer(
            upgrader,
            deadlines,
            config.limits().handshakeTimeout(),
            new DialBackoff(System::nanoTime),
            new DialRate(System::nanoTime),
            names);
    this.inboundLimits = new InboundLimits(config.limits());
    this.connections = new ConnectionTable(config.limits().maxConnections());
    this.identify =
        new IdentifyService(
            config, this::ownAddresses, this::servedProtocols, this::learned, refused.identities);
    handlers.put(PingHandler.PROTOCOL, new PingHandler());
    handlers.put(IdentifyMessage.PUSH_PROTOCOL, identify::servePush);
  }

  /**
   * Binds the listen addresses. Nothing is accepted before {@link #start}, so that handlers can be
   * registered first.
   *
   * @throws IOException if an address cannot be listened on
   */
  public static Libp2pHost create(HostConfig config) throws IOException {
    Libp2pHost host = new Libp2pHost(config);
    try {
      for (Multiaddr address : SocketAddresses.tcpOnly(config.listen())) {
        host.listeners.add(
            new Listener(address, host.inboundLimits, host.refused.connections, host::accepted));
      }
    } catch (IOException e) {
      host.close();
      throw e;
    }
    return host;
  }

  /** Begins to accept connections. */
  public void start() {
    listeners.forEach(Listener::start);
    deadlines.after(TRAFFIC_INTERVAL, this::tickTraffic);
  }

  private void tickTraffic() {
    if (!closed.get()) {
      traffic.tick(TRAFFIC_INTERVAL.toMillis() / 1000.0);
      deadlines.after(TRAFFIC_INTERVAL, this::tickTraffic);
    }
  }

  /** What has been carried so far, by protocol. */
  public Map<String, Traffic> traffic() {
    return traffic.all();
  }

  /** What was refused of connections, streams, and what peers say of themselves. */
  public Map<String, Refusals> refusals() {
    return refused.byProtocol();
  }

  // ---- who and where we are

  @Override
  public PeerId id() {
    return config.identity().id();
  }

  @Override
  public List<Multiaddr> addresses() {
    return ownAddresses().stream().map(address -> address.withPeerId(id())).toList();
  }

  private List<Multiaddr> ownAddresses() {
    Set<Multiaddr> all = new LinkedHashSet<>();
    try {
      for (Listener listener : listeners) {
        all.addAll(SocketAddresses.reachable(listener.bound()));
      }
    } catch (IOException e) {
      log.debug("own addresses are not known", e);
    }
    return config.announce().apply(List.copyOf(all));
  }

  private Set<String> servedProtocols() {
    Set<String> all = new LinkedHashSet<>(handlers.keySet());
    all.add(IdentifyMessage.PROTOCOL);
    return all;
  }

  @Override
  public void handle(String protocol, StreamHandler handler) {
    handlers.put(protocol, handler);
    if (!connections.all().isEmpty() && pushDue.compareAndSet(false, true)) {
      deadlines.after(PUSH_DELAY, this::pushToAll);
    }
  }

  private void pushToAll() {
    pushDue.set(false);
    for (Connection connection : connections.all()) {
      Thread.ofVirtual().name("libp2p-push").start(() -> identify.push(connection));
    }
  }

  // ---- connecting

  @Override
  public void connect(PeerId peer, Collection<Multiaddr> addresses, Duration timeout)
      throws IOException {
    connection(peer, addresses, System.nanoTime() + timeout.toNanos());
  }

  /** A connection whose peer has identified itself. */
  private Connection connection(PeerId peer, Collection<Multiaddr> addresses, long deadline)
      throws IOException {
    if (peer.equals(id())) {
      throw new IOException("a host does not dial itself");
    }
    Connection connection = connections.newest(peer).orElse(null);
    if (connection == null) {
      connection = dial(peer, addresses, deadline);
    }
    connection.awaitReady(left(deadline));
    return connection;
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private Connection dial(PeerId peer, Collection<Multiaddr> addresses, long deadline)
      throws IOException {
    Set<Multiaddr> candidates =
        new LinkedHashSet<>(SocketAddresses.tcpOnly(List.copyOf(addresses)));
    boolean insist = !candidates.isEmpty();
    candidates.addAll(book.addresses(peer));
    return dials.join(peer, candidates, deadline, () -> dialNow(peer, candidates, insist));
  }

  private Connection dialNow(PeerId peer, Set<Multiaddr> candidates, boolean insist)
      throws IOException {
    Connection inbound = connections.newest(peer).orElse(null);
    if (inbound != null) {
      return inbound;
    }
    if (connections.isFull()) {
      throw new IOException("too many connections, or the host is closed");
    }
    Dialer.Dialled dialled = dialer.dial(peer, List.copyOf(candidates), insist);
    book.prefer(peer, List.of(dialled.address()));
    return opened(dialled.upgraded(), dialled.socket(), true, () -> {});
  }

  private void accepted(SocketChannel socket, InetAddress from) throws IOException {
    Upgrader.Upgraded upgraded;
    try (Deadlines.Deadline _ =
        deadlines.after(config.limits().handshakeTimeout(), () -> Listener.closeQuietly(socket))) {
      upgraded = upgrader.accepted(socket);
    } catch (IOException e) {
      refused.connection(e);
      if (e instanceof ForeignNetworkException && complaints.tryPass(from)) {
        log.warn("{} {}: connection closed", from.getHostAddress(), e.getMessage());
      }
      throw e;
    } finally {
      inboundLimits.handshakeEnded(from);
    }
    inboundLimits.opened(from);
    opened(upgraded, socket, false, () -> inboundLimits.closed(from));
  }

  /** Enters a new connection into the table and starts it. */
  private Connection opened(
      Upgrader.Upgraded upgraded, SocketChannel socket, boolean outbound, Runnable onClose)
      throws IOException {
    Multiaddr remote = SocketAddresses.of((InetSocketAddress) socket.getRemoteAddress());
    CompletableFuture<Connection> self = new CompletableFuture<>();
    YamuxSession session =
        new YamuxSession(
            upgraded.channel(),
            outbound,
            config.mux(),
            received,
            stream -> inbound(self.join(), stream),
            reason -> {
              onClose.run();
              closed(self.join(), reason);
            });
    Connection connection =
        new Connection(
            upgraded.peer(), remote, outbound, session, traffic, new CompletableFuture<>());
    self.complete(connection);
    List<Connection> older = connections.of(connection.peer());
    if (!connections.add(connection)) {
      session.close();
      throw new IOException("too many connections, or the host is closed");
    }
    session.start(connection.peer().toString());
    older.forEach(this::probe);
    Thread.ofVirtual().name("libp2p-identify").start(() -> identify(connection));
    return connection;
  }

  /** A second connection may mean that the peer has restarted: is the first one alive? */
  private void probe(Connection older) {
    Thread.ofVirtual()
        .name("libp2p-probe")
        .start(() -> {
          try {
            older.session().ping(config.mux().pingTimeout());
          } catch (IOException e) {
            older.session().close();
          }
        });
  }

  private void identify(Connection connection) {
    try {
      identify.ask(connection);
      if (connections.announce(connection)) {
        events.identified(connection.peer());
      }
      connection.ready().complete(null);
    } catch (IOException | RuntimeException e) {
      log.debug("{} did not identify itself", connection.peer(), e);
      connection.ready().completeExceptionally(e);
      connection.session().close();
    }
  }

  private void learned(PeerId peer, IdentifyMessage message) {
    book.remember(peer, SocketAddresses.tcpOnly(IdentifyService.addressesIn(peer, message)));
    boolean changed = book.setProtocols(peer, message.protocols());
    boolean known = connections.isAnnounced(peer);
    if (changed && known) {
      events.identified(peer);
    }
  }

  private void closed(Connection connection, IOException reason) {
    log.debug("connection to {} closed: {}", connection.peer(), reason.getMessage());
    refused.connection(reason);
    connection.ready().completeExceptionally(reason);
    switch (connections.remove(connection)) {
      case LAST -> events.disconnected(connection.peer());
      case ONE_OF_SEVERAL -> events.identified(connection.peer());
      case UNNOTICED -> {}
    }
  }

  // ---- streams

  @Override
  public Stream open(PeerId peer, List<String> protocols, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Connection connection = connection(peer, List.of(), deadline);
    try {
      return connection.open(common(peer, protocols), left(deadline));
    } catch (YamuxException e) {
      // The connection was lost just now: the peer may have restarted.
      Connection next = connection(peer, List.of(), deadline);
      return next.open(common(peer, protocols), left(deadline));
    }
  }

  private String common(PeerId peer, List<String> protocols) throws IOException {
    Set<String> spoken = book.protocols(peer);
    return protocols.stream()
        .filter(spoken::contains)
        .findFirst()
        .orElseThrow(() -> new IOException(peer + " speaks none of " + protocols));
  }

  /** Called by a session's reader: must not block. */
  private void inbound(Connection connection, YamuxStream muxed) {
    Thread.ofVirtual().name("libp2p-stream").start(() -> serve(connection, muxed));
  }

  private void serve(Connection connection, YamuxStream muxed) {
    boolean served = false;
    try {
      Stream stream = agree(connection, muxed);
      handler(connection, stream.protocol()).serve(stream);
      stream.close();
      served = true;
    } catch (IOException e) {
      refused.stream(e);
      log.debug("a stream of {} ended", connection.peer(), e);
    } catch (RuntimeException e) {
      if (failures.tryPass(connection.peer())) {
        log.warn("a stream of {} failed", connection.peer(), e);
      }
    } finally {
      if (!served) {
        muxed.reset();
      }
    }
  }

  private Stream agree(Connection connection, YamuxStream muxed) throws IOException {
    muxed.setReadTimeout(config.limits().negotiationTimeout());
    String protocol = Multistream.accept(muxed.input(), muxed.output(), this::serves);
    muxed.setReadTimeout(Duration.ZERO);
    Thread.currentThread().setName("libp2p-" + protocol);
    return NegotiatedStream.agreed(muxed, connection.peer(), protocol, traffic.of(protocol));
  }

  private boolean serves(String protocol) {
    return handlers.containsKey(protocol) || protocol.equals(IdentifyMessage.PROTOCOL);
  }

  private StreamHandler handler(Connection connection, String protocol) throws IOException {
    if (protocol.equals(IdentifyMessage.PROTOCOL)) {
      return stream -> identify.serve(stream, connection.remoteAddress());
    }
    return Optional.ofNullable(handlers.get(protocol))
        .orElseThrow(() -> new IOException("no handler for " + protocol));
  }

  @Override
  public Duration ping(PeerId peer, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Connection connection = connection(peer, List.of(), deadline);
    return connection.session().ping(left(deadline));
  }

  // ---- peers

  @Override
  public void disconnect(PeerId peer) {
    connections.of(peer).forEach(connection -> connection.session().close());
  }

  @Override
  public List<PeerId> connectedPeers() {
    return connections.peers();
  }

  /** How many connections are open, to whomever. */
  int connectionCount() {
    return connections.all().size();
  }

  @Override
  public boolean isConnected(PeerId peer) {
    return connections.newest(peer).isPresent();
  }

  @Override
  public Set<String> protocols(PeerId peer) {
    return isConnected(peer) ? book.protocols(peer) : Set.of();
  }

  @Override
  public List<Multiaddr> knownAddresses(PeerId peer) {
    return book.addresses(peer);
  }

  @Override
  public void remember(PeerId peer, Collection<Multiaddr> addresses) {
    book.remember(peer, SocketAddresses.tcpOnly(List.copyOf(addresses)));
  }

  @Override
  public void addListener(ConnectionListener listener) {
    events.add(listener);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      listeners.forEach(Listener::close);
      connections.close().forEach(connection -> connection.session().close());
      deadlines.close();
      names.close();
    }
  }
}
