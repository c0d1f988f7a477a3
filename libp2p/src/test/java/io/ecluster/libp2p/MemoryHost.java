package io.ecluster.libp2p;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A host of a {@link FakeNetwork}. Connecting needs an address, as in life. */
public final class MemoryHost implements Host {
  private final FakeNetwork network;
  private final Identity identity;
  private final Multiaddr address;
  private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
  private final Map<PeerId, Set<Multiaddr>> known = new ConcurrentHashMap<>();
  private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();

  /** One at a time and in order, as the real host does. */
  private final ExecutorService notifier =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("fake-notifier").factory());

  MemoryHost(FakeNetwork network, Identity identity, Multiaddr address) {
    this.network = network;
    this.identity = identity;
    this.address = address;
  }

  public Identity identity() {
    return identity;
  }

  @Override
  public PeerId id() {
    return identity.id();
  }

  @Override
  public List<Multiaddr> addresses() {
    return List.of(address.withPeerId(id()));
  }

  @Override
  public void handle(String protocol, StreamHandler handler) {
    handlers.put(protocol, handler);
    for (PeerId peer : connectedPeers()) {
      network.find(peer).ifPresent(host -> host.tell(l -> l.identified(id())));
    }
  }

  @Override
  public void connect(PeerId peer, Collection<Multiaddr> addresses, Duration timeout)
      throws IOException {
    if (isConnected(peer)) {
      return;
    }
    Set<Multiaddr> candidates = new LinkedHashSet<>(knownAddresses(peer));
    addresses.forEach(a -> candidates.add(a.withoutPeerId()));
    MemoryHost target = network.reach(this, peer, candidates);
    network.link(this, target);
    remember(peer, candidates);
  }

  @Override
  public Stream open(PeerId peer, List<String> protocols, Duration timeout) throws IOException {
    connect(peer, List.of(), timeout);
    Set<String> spoken = protocols(peer);
    String protocol =
        protocols.stream()
            .filter(spoken::contains)
            .findFirst()
            .orElseThrow(() -> new IOException(peer + " speaks none of " + protocols));
    return network.openStream(this, peer, protocol);
  }

  /** Runs the handler of an inbound stream as {@link StreamHandler} promises. */
  void accept(MemoryStream stream) {
    StreamHandler handler = handlers.get(stream.protocol());
    if (handler == null) {
      stream.reset();
      return;
    }
    Thread.ofVirtual().name("fake-" + stream.protocol()).start(() -> serve(handler, stream));
  }

  private void serve(StreamHandler handler, MemoryStream stream) {
    try {
      handler.serve(stream);
      stream.close();
    } catch (IOException e) {
      stream.reset();
    } catch (RuntimeException e) {
      network.failed(e);
      stream.reset();
    }
  }

  @Override
  public Duration ping(PeerId peer, Duration timeout) throws IOException {
    connect(peer, List.of(), timeout);
    Duration roundTrip = network.latency().multipliedBy(2);
    if (network.frozen(id(), peer) || roundTrip.compareTo(timeout) > 0) {
      LockSupport.parkNanos(timeout.toNanos());
      throw new SocketTimeoutException("no answer from " + peer + " for " + timeout);
    }
    LockSupport.parkNanos(roundTrip.toNanos());
    return roundTrip;
  }

  @Override
  public void disconnect(PeerId peer) {
    network.unlink(id(), peer, "connection closed");
  }

  @Override
  public List<PeerId> connectedPeers() {
    return network.peersOf(id());
  }

  @Override
  public boolean isConnected(PeerId peer) {
    return network.linked(id(), peer);
  }

  @Override
  public Set<String> protocols(PeerId peer) {
    return isConnected(peer)
        ? network.find(peer).map(MemoryHost::served).orElse(Set.of())
        : Set.of();
  }

  private Set<String> served() {
    return Set.copyOf(handlers.keySet());
  }

  @Override
  public List<Multiaddr> knownAddresses(PeerId peer) {
    return List.copyOf(known.getOrDefault(peer, Set.of()));
  }

  @Override
  public void remember(PeerId peer, Collection<Multiaddr> addresses) {
    Set<Multiaddr> all = known.computeIfAbsent(peer, p -> ConcurrentHashMap.newKeySet());
    addresses.forEach(a -> all.add(a.withoutPeerId()));
  }

  @Override
  public void addListener(ConnectionListener listener) {
    listeners.add(listener);
  }

  void tell(Consumer<ConnectionListener> event) {
    try {
      notifier.execute(() -> listeners.forEach(event));
    } catch (RejectedExecutionException e) {
      // The host is closed: nobody listens any more.
    }
  }

  @Override
  public void close() {
    network.remove(this);
    notifier.shutdown();
  }

  @Override
  public String toString() {
    return "MemoryHost[" + id() + "]";
  }
}
