package io.ecluster.libp2p;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Hosts that reach each other through memory, for tests of what runs on a {@link Host}. A test can
 * cut the network in two, delay it, or freeze a peer so that it is connected but mute.
 */
public final class FakeNetwork implements AutoCloseable {
  /** An unordered pair of peers. */
  private record Pair(PeerId low, PeerId high) {
    static Pair of(PeerId a, PeerId b) {
      return a.compareTo(b) <= 0 ? new Pair(a, b) : new Pair(b, a);
    }

    boolean has(PeerId peer) {
      return low.equals(peer) || high.equals(peer);
    }

    PeerId other(PeerId peer) {
      return low.equals(peer) ? high : low;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, MemoryHost> hosts = new HashMap<>();
  private final Map<Pair, List<MemoryStream>> links = new HashMap<>();
  private final Set<Pair> cuts = new HashSet<>();
  private final Set<PeerId> frozen = new HashSet<>();
  private final List<RuntimeException> failures = new CopyOnWriteArrayList<>();
  private volatile Duration latency = Duration.ZERO;

  /** The identity that {@link #host} gives for a seed: Ed25519 of 32 bytes of that value. */
  public static Identity identity(int seed) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) seed);
    ByteBuffer.wrap(bytes).putInt(0, seed < 256 ? seed * 0x01010101 : seed);
    return Identity.fromEd25519Seed(bytes);
  }

  /** What handlers of streams have thrown that is no {@link java.io.IOException}. */
  public List<RuntimeException> failures() {
    return List.copyOf(failures);
  }

  void failed(RuntimeException thrown) {
    failures.add(thrown);
  }

  /** Adds a host; the same seed always has the same id and address, also after a restart. */
  public MemoryHost host(int seed) {
    int port = 10_000 + seed % 50_000;
    Multiaddr address = Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port);
    MemoryHost host = new MemoryHost(this, identity(seed), address);
    return locked(() -> {
      if (hosts.putIfAbsent(host.id(), host) != null) {
        throw new IllegalStateException("seed " + seed + " is already in the network");
      }
      return host;
    });
  }

  /** Connects every pair of hosts. */
  public void connectAll() throws IOException {
    List<MemoryHost> all = locked(() -> List.copyOf(hosts.values()));
    for (MemoryHost from : all) {
      for (MemoryHost to : all) {
        if (from != to) {
          from.connect(to.id(), to.addresses(), Duration.ofSeconds(5));
        }
      }
    }
  }

  /** Breaks the connection between two hosts and lets them make no other until {@link #heal}. */
  public void partition(Host a, Host b) {
    locked(() -> cuts.add(Pair.of(a.id(), b.id())));
    unlink(a.id(), b.id(), "connection lost");
  }

  /** Cuts every host of one side from every host of the other. */
  public void partition(Collection<? extends Host> side, Collection<? extends Host> other) {
    side.forEach(a -> other.forEach(b -> partition(a, b)));
  }

  /** Lets two hosts connect again; somebody has to dial. */
  public void heal(Host a, Host b) {
    locked(() -> cuts.remove(Pair.of(a.id(), b.id())));
  }

  public void healAll() {
    locked(() -> {
      cuts.clear();
      return true;
    });
  }

  /** From now on the peer stays connected and neither sends nor answers, like a stopped process. */
  public void freeze(Host host) {
    locked(() -> frozen.add(host.id()));
  }

  public void thaw(Host host) {
    locked(() -> frozen.remove(host.id()));
  }

  /** Every byte takes this long, one way. */
  public void setLatency(Duration oneWay) {
    latency = oneWay;
  }

  Duration latency() {
    return latency;
  }

  Optional<MemoryHost> find(PeerId peer) {
    return locked(() -> Optional.ofNullable(hosts.get(peer)));
  }

  boolean frozen(PeerId a, PeerId b) {
    return locked(() -> frozen.contains(a) || frozen.contains(b));
  }

  boolean linked(PeerId a, PeerId b) {
    return locked(() -> links.containsKey(Pair.of(a, b)));
  }

  List<PeerId> peersOf(PeerId peer) {
    return locked(
        () -> links.keySet().stream().filter(p -> p.has(peer)).map(p -> p.other(peer)).toList());
  }

  /** The host that answers at one of the addresses, if it is the wanted one. */
  MemoryHost reach(MemoryHost from, PeerId peer, Set<Multiaddr> candidates) throws IOException {
    MemoryHost target = find(peer).orElse(null);
    boolean alive = find(from.id()).orElse(null) == from;
    boolean cut = locked(() -> cuts.contains(Pair.of(from.id(), peer)));
    if (target == null
        || target == from
        || !alive
        || cut
        || frozen(from.id(), peer)
        || !candidates.contains(target.addresses().getFirst().withoutPeerId())) {
      throw new IOException("cannot reach " + peer + " at " + candidates);
    }
    return target;
  }

  void link(MemoryHost from, MemoryHost to) {
    boolean isNew =
        locked(() -> links.putIfAbsent(Pair.of(from.id(), to.id()), new ArrayList<>()) == null);
    if (isNew) {
      from.remember(to.id(), to.addresses());
      to.remember(from.id(), from.addresses());
      from.tell(l -> l.identified(to.id()));
      to.tell(l -> l.identified(from.id()));
    }
  }

  void unlink(PeerId a, PeerId b, String reason) {
    List<MemoryStream> streams =
        locked(() -> Optional.ofNullable(links.remove(Pair.of(a, b)))).orElse(null);
    if (streams != null) {
      streams.forEach(s -> s.fail(reason));
      find(a).ifPresent(host -> host.tell(l -> l.disconnected(b)));
      find(b).ifPresent(host -> host.tell(l -> l.disconnected(a)));
    }
  }

  MemoryStream openStream(MemoryHost from, PeerId peer, String protocol) throws IOException {
    MemoryPipe.Weather weather = weather(from.id(), peer);
    MemoryPipe out = new MemoryPipe(weather);
    MemoryPipe back = new MemoryPipe(weather);
    MemoryStream near = new MemoryStream(peer, protocol, back, out);
    MemoryStream far = new MemoryStream(from.id(), protocol, out, back);
    if (!locked(() -> register(Pair.of(from.id(), peer), near, far))) {
      throw new IOException("connection to " + peer + " is gone");
    }
    find(peer).ifPresent(host -> host.accept(far));
    return near;
  }

  private boolean register(Pair pair, MemoryStream near, MemoryStream far) {
    List<MemoryStream> streams = links.get(pair);
    return streams != null && streams.add(near) && streams.add(far);
  }

  private MemoryPipe.Weather weather(PeerId a, PeerId b) {
    return new MemoryPipe.Weather() {
      @Override
      public boolean frozen() {
        return FakeNetwork.this.frozen(a, b);
      }

      @Override
      public Duration latency() {
        return latency;
      }
    };
  }

  /** A closed host is as a process that has died: its connections break. */
  void remove(MemoryHost host) {
    locked(() -> hosts.remove(host.id(), host));
    peersOf(host.id()).forEach(peer -> unlink(host.id(), peer, "peer has closed"));
  }

  @Override
  public void close() {
    locked(() -> List.copyOf(hosts.values())).forEach(MemoryHost::close);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
