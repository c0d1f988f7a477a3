package io.ecluster.core.peers;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.PubSubMonitor;
import io.ecluster.core.monitor.WakeableLoop;
import io.ecluster.core.peers.DialPlan.Source;
import io.ecluster.libp2p.ConnectionListener;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.kad.KadDht;
import io.ecluster.libp2p.kad.KadPeer;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this peer connected to all others. No peer is special: whoever we come to know is dialled,
 * and dialled again after it was lost.
 *
 * <p>Peers become known from the configuration and the peerstore file, from a peer we bootstrap to,
 * from members who are asked whom they know (after joining, when a ping comes from a stranger, and
 * now and again) by RPC and by the DHT, from the local network, and because they dial us. Who is a
 * <em>member</em> is another matter, decided by pings alone, as in Go.
 */
public final class Membership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  /** Who is asked where a stranger is: the first may not know it, either. */
  private static final int MEMBERS_TO_ASK = 3;

  /** A peer names few; the rest of what is kept for it is for better sources. */
  private static final int MAX_SEEN_ADDRESSES = 8;

  /** After the first round of failed joins; it grows with each. */
  private static final Duration JOIN_PAUSE = Duration.ofSeconds(1);

  /** Go lets an address connect once in five seconds for long. */
  private static final Duration LONGEST_JOIN_PAUSE = Duration.ofSeconds(10);

  private final Host host;
  private final PubSubMonitor monitor;
  private final PeerCalls calls;
  private final KadDht dht;
  private final Peerstore store;
  private final MembershipSettings settings;
  private final InstantSource clock;
  private final Random random;
  private final DialPlan plan;
  private final InFlight tasks = new InFlight();
  private final Map<PeerId, Set<Multiaddr>> bootstraps = new LinkedHashMap<>();
  private volatile boolean joined;
  private volatile boolean closed;
  private volatile Instant nextDiscovery;
  private volatile Instant nextJoin;

  /** Counted by the one task that joins. */
  private int joinFailures;

  /** What the peerstore has; of the loop alone. */
  private Set<Multiaddr> saved = Set.of();

  private Optional<WakeableLoop> loop = Optional.empty();

  public Membership(
      Host host,
      PubSubMonitor monitor,
      PeerCalls calls,
      KadDht dht,
      Peerstore store,
      MembershipSettings settings,
      InstantSource clock,
      Random random) {
    this.host = host;
    this.monitor = monitor;
    this.calls = calls;
    this.dht = dht;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.plan = new DialPlan(random);
    this.nextDiscovery = clock.instant();
    this.nextJoin = clock.instant();
  }

  /**
   * Begins to connect, in the background.
   *
   * @param configured peers that are looked for as long as we run
   * @param bootstrap peers of which one is to be joined
   */
  public void start(Collection<Multiaddr> configured, Collection<Multiaddr> bootstrap) {
    configured.forEach(address -> know(address, Source.CONFIGURED));
    store.load().forEach(address -> know(address, Source.TOLD));
    bootstrap.forEach(this::addBootstrap);
    joined = bootstraps.isEmpty();
    host.addListener(new Connections());
    monitor.onNewPeer(this::heard);
    loop = Optional.of(WakeableLoop.start("membership", this::round));
  }

  private void addBootstrap(Multiaddr address) {
    know(address, Source.CONFIGURED);
    address
        .peerId()
        .filter(peer -> !peer.equals(host.id()))
        .ifPresent(
            peer -> bootstraps.computeIfAbsent(peer, key -> new LinkedHashSet<>()).add(address));
  }

  private void know(Multiaddr address, Source source) {
    address.peerId().ifPresent(peer -> know(peer, List.of(address), source));
  }

  private void know(PeerId peer, Collection<Multiaddr> addresses, Source source) {
    if (!peer.equals(host.id())) {
      host.remember(peer, addresses);
      if (plan.add(peer, source, clock.instant())) {
        wake();
      }
    }
  }

  /**
   * A peer was seen on the local network, by its own word. It is dialled, more and more rarely;
   * nothing else comes of it unless that leads to the peer and it has our secret.
   */
  public void seen(PeerId peer, Collection<Multiaddr> addresses) {
    if (closed || peer.equals(host.id()) || host.isConnected(peer)) {
      return;
    }
    boolean isNew = plan.add(peer, Source.SEEN, clock.instant());
    if (plan.source(peer).isPresent()) {
      int room = MAX_SEEN_ADDRESSES - host.knownAddresses(peer).size();
      host.remember(peer, addresses.stream().limit(Math.max(0, room)).toList());
    }
    if (isNew) {
      wake();
    }
  }

  /** This peer and all whose ping has not run out, sorted by id. */
  public List<PeerId> members() {
    Stream<PeerId> alive = monitor.latest(Metric.PING).stream().map(Metric::peer);
    return Stream.concat(Stream.of(host.id()), alive).distinct().sorted().toList();
  }

  /** Whether a bootstrap peer has taken us in; true when there is none. */
  public boolean isJoined() {
    return joined;
  }

  /**
   * Joins the cluster of a peer: dials it, tells it of us, and learns whom it knows.
   *
   * @throws IOException if it cannot be reached
   * @throws RuntimeException if it does not answer
   */
  public void join(Multiaddr address) throws IOException {
    PeerId peer =
        address.peerId().orElseThrow(() -> new IOException("no /p2p/ID at the end of " + address));
    know(peer, List.of(address), Source.CONFIGURED);
    join(peer, List.of(address));
  }

  private void join(PeerId peer, Collection<Multiaddr> addresses) throws IOException {
    host.connect(peer, addresses, settings.dialTimeout());
    var _ = calls.add(peer);
    joined = true;
    greeted(peer);
    log.info("Joined the cluster of {}", peer);
    discover(peer);
    lookAround(peer);
  }

  /** What is due now; returns the pause until the next round. */
  private Duration round() {
    Instant now = clock.instant();
    if (!joined && !now.isBefore(nextJoin)) {
      tasks.start("join", this::joinAny);
    }
    for (PeerId peer : plan.due(now, this::isWanted)) {
      tasks.start(peer, () -> dial(peer));
    }
    if (!now.isBefore(nextDiscovery)) {
      nextDiscovery = now.plus(settings.discovery());
      tasks.start("discovery", () -> randomMembers(1).forEach(this::discoverQuietly));
    }
    saveIfChanged();
    return plan.pause(now, this::isWanted, settings.round());
  }

  /**
   * Not only when we stop: of peers that all lost power nobody would find another. A peer that has
   * lost its network keeps what it knew.
   */
  private void saveIfChanged() {
    List<Multiaddr> addresses = addressesToKeep();
    Set<Multiaddr> now = Set.copyOf(addresses);
    if (!now.equals(saved) && !host.connectedPeers().isEmpty()) {
      store.save(addresses);
      saved = now;
    }
  }

  private boolean isWanted(PeerId peer) {
    return !host.isConnected(peer);
  }

  private void joinAny() {
    for (Map.Entry<PeerId, Set<Multiaddr>> bootstrap : bootstraps.entrySet()) {
      try {
        join(bootstrap.getKey(), bootstrap.getValue());
        return;
      } catch (IOException | RuntimeException e) {
        log.info("Cannot join {} yet: {}", bootstrap.getKey(), e.getMessage());
      }
    }
    joinFailures++;
    long pause = Math.min(JOIN_PAUSE.toMillis() * joinFailures, LONGEST_JOIN_PAUSE.toMillis());
    nextJoin = clock.instant().plusMillis(pause);
  }

  /** Without an address, members are asked for one first; they may not know it yet, either. */
  private void dial(PeerId peer) {
    try {
      if (host.knownAddresses(peer).isEmpty()) {
        askFor(peer);
      }
      boolean merelySeen = plan.source(peer).filter(Source.SEEN::equals).isPresent();
      host.connect(peer, List.of(), settings.dialTimeout());
      greeted(peer);
      if (merelySeen) {
        discoverQuietly(peer); // it has shown that it is of our network
      }
    } catch (IOException e) {
      log.debug("cannot reach {}: {}", peer, e.getMessage());
      plan.failed(peer, clock.instant());
      wake(); // so that the pause is not longer than the plan's
    }
  }

  /** A peer that has just answered is alive, though its next ping may be seconds away. */
  private void greeted(PeerId peer) {
    Instant now = clock.instant();
    boolean pinged = monitor.latest(Metric.PING).stream().anyMatch(m -> m.peer().equals(peer));
    if (!pinged) {
      monitor.record(
          new Metric(Metric.PING, peer, "", now.plus(settings.pingTtl()), true, 0, false, now));
    }
  }

  /** Asks a peer whom it knows, and dials those we did not. */
  private void discover(PeerId asked) {
    PeerInfo info = calls.identify(asked);
    learn(info);
    boolean complete = info.clusterPeers().stream().allMatch(this::isReachable);
    if (!complete) {
      calls.members(asked, this::learn);
    }
  }

  private boolean isReachable(PeerId peer) {
    return peer.equals(host.id()) || host.isConnected(peer) || !host.knownAddresses(peer).isEmpty();
  }

  private void discoverQuietly(PeerId asked) {
    try {
      discover(asked);
    } catch (RuntimeException e) {
      log.debug("{} does not tell whom it knows: {}", asked, e.getMessage());
    }
    lookAround(asked);
  }

  /** The DHT knows peers that have not pinged yet, or whom no member may tell us of. */
  private void lookAround(PeerId asked) {
    dht.neighbours(asked).forEach(this::learn);
  }

  private void learn(KadPeer peer) {
    know(peer.id(), peer.addresses(), Source.TOLD);
  }

  private void learn(PeerInfo info) {
    know(info.id(), info.addresses(), Source.TOLD);
    info.clusterPeersAddresses().forEach(address -> know(address, Source.TOLD));
  }

  private List<PeerId> randomMembers(int count) {
    List<PeerId> peers = new ArrayList<>(host.connectedPeers());
    Collections.shuffle(peers, random);
    return peers.subList(0, Math.min(count, peers.size()));
  }

  /** A ping from someone who was not alive before. */
  private void heard(PeerId peer) {
    if (!peer.equals(host.id()) && !host.isConnected(peer)) {
      know(peer, List.of(), Source.TOLD);
      plan.retrySoon(peer, clock.instant());
      wake();
    }
  }

  private void askFor(PeerId stranger) {
    dht.find(stranger).forEach(this::learn);
    for (PeerId member : randomMembers(MEMBERS_TO_ASK)) {
      if (host.knownAddresses(stranger).isEmpty()) {
        discoverQuietly(member);
      }
    }
  }

  private void wake() {
    loop.ifPresent(WakeableLoop::wake);
  }

  /**
   * Stops, and writes the peers we know, the best first, for the next start. Close it before the
   * host.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      loop.ifPresent(WakeableLoop::close);
      store.save(addressesToKeep());
    }
  }

  /** Connected peers first. */
  private List<Multiaddr> addressesToKeep() {
    Set<PeerId> peers = new LinkedHashSet<>(host.connectedPeers());
    peers.addAll(plan.worthKeeping());
    return peers.stream().flatMap(this::addressesToKeep).toList();
  }

  private Stream<Multiaddr> addressesToKeep(PeerId peer) {
    return Peerstore.worthKeeping(host.knownAddresses(peer)).stream()
        .map(address -> address.withPeerId(peer));
  }

  private final class Connections implements ConnectionListener {
    @Override
    public void identified(PeerId peer) {
      know(peer, List.of(), Source.TOLD);
      plan.connected(peer, clock.instant());
    }

    @Override
    public void disconnected(PeerId peer) {
      plan.lost(peer, clock.instant());
      if (!closed) {
        wake();
      }
    }
  }
}
