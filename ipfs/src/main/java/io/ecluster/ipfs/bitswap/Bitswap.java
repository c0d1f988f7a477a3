package io.ecluster.ipfs.bitswap;

import io.ecluster.libp2p.ConnectionListener;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bitswap 1.2 in both roles; as server it also speaks the older versions.
 *
 * <p>Wants go on one stream that stays open. Answers come on streams of their own that the
 * answering side opens, one message each. There are no request numbers: an answer is known by the
 * hash of its block, which is computed on arrival, so that a wrong block is a block nobody wants.
 */
public final class Bitswap implements BlockExchange {
  static final List<String> PROTOCOLS =
      List.of(
          MessageWriter.BITSWAP_1_2, "/ipfs/bitswap/1.1.0", "/ipfs/bitswap/1.0.0", "/ipfs/bitswap");

  /** Streams one peer may have open towards us: more than the 128 that Go grants itself. */
  private static final int MAX_STREAMS_PER_PEER = 256;

  /** Messages of one peer that are read at a time: 4 MiB of memory each. */
  private static final int MAX_MESSAGES_PER_PEER = 8;

  /** Malformed messages after which a peer is disconnected; Go sends none. */
  private static final int MAX_OFFENCES = 16;

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Logger log = LoggerFactory.getLogger(Bitswap.class);

  private final Host host;
  private final Sender sender;
  private final Client client;
  private final Server server;
  private final Map<PeerId, Inbound> inbound = new ConcurrentHashMap<>();
  private final Set<PeerId> heardFrom = ConcurrentHashMap.newKeySet();
  private final Refusals refused = new Refusals();
  private final ScheduledExecutorService clock;
  private volatile boolean closed;

  /** What one peer may use of us. */
  private record Inbound(Semaphore streams, Semaphore messages, AtomicInteger offences) {
    Inbound() {
      this(
          new Semaphore(MAX_STREAMS_PER_PEER),
          new Semaphore(MAX_MESSAGES_PER_PEER),
          new AtomicInteger());
    }
  }

  /**
   * Begins to serve. Make it before the host connects to anyone.
   *
   * @param local what may be given away; is called by many threads and may block
   */
  public Bitswap(Host host, LocalBlocks local) {
    this(host, local, BitswapSettings.standard());
  }

  public Bitswap(Host host, LocalBlocks local, BitswapSettings settings) {
    this(host, local, ObtainableBlocks.NONE, settings);
  }

  /**
   * Begins to serve. Make it before the host connects to anyone.
   *
   * @param obtainable what may be given away though it is not stored here
   */
  public Bitswap(
      Host host, LocalBlocks local, ObtainableBlocks obtainable, BitswapSettings settings) {
    this.host = host;
    this.sender = new Sender(settings.sendTimeout());
    this.client = new Client(host, sender, settings);
    this.server = new Server(host, local, obtainable, sender);
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("bitswap-clock").factory());
    obtainable.whenMore(server::stored);
    PROTOCOLS.forEach(protocol -> host.handle(protocol, this::serve));
    host.addListener(new Connections());
    host.connectedPeers().forEach(client::joined);
    clock.scheduleWithFixedDelay(this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public Optional<byte[]> fetch(Cid cid, Duration timeout) {
    AtomicReference<byte[]> found = new AtomicReference<>();
    var _ = fetch(List.of(cid), timeout, (_, data) -> found.set(data));
    return Optional.ofNullable(found.get());
  }

  @Override
  public Collection<Cid> fetch(Collection<Cid> cids, Duration stall, BiConsumer<Cid, byte[]> each) {
    if (closed) {
      throw new IllegalStateException("bitswap is closed");
    }
    return client.fetch(cids, stall, each);
  }

  @Override
  public void stored(Collection<Cid> cids) {
    server.stored(cids);
  }

  /**
   * Whether any bitswap message has come from a peer since it connected. Kubo 0.42 does not answer
   * a neighbour that was connected while it started: such a connection is to be dropped and made
   * anew.
   */
  public boolean hasHeardFrom(PeerId peer) {
    return heardFrom.contains(peer);
  }

  /** What peers sent that was refused. */
  public Refusals refusals() {
    return refused;
  }

  @Override
  public void close() {
    closed = true;
    clock.shutdownNow();
    client.close();
    sender.close();
  }

  private void tick() {
    try {
      client.tick();
      server.tick(System.nanoTime());
    } catch (RuntimeException e) {
      log.error("bitswap clock failed", e);
    }
  }

  private void serve(Stream stream) throws IOException {
    PeerId peer = stream.remotePeer();
    Inbound mine = inbound.computeIfAbsent(peer, _ -> new Inbound());
    if (closed || !mine.streams().tryAcquire()) {
      refused.count(Refusals.Reason.TOO_MANY);
      throw new IOException("too many bitswap streams from " + peer);
    }
    try {
      read(peer, stream, mine.messages());
    } catch (FormatException e) {
      refused.count(Refusals.Reason.MALFORMED);
      offended(peer, mine, e);
      throw new IOException(e);
    } finally {
      mine.streams().release();
    }
  }

  /** The first offence is logged, and the one that ends the connection. */
  private void offended(PeerId peer, Inbound mine, FormatException e) {
    int offences = mine.offences().incrementAndGet();
    if (offences == 1) {
      log.warn("bitswap stream of {} is cut: {}", peer, e.getMessage());
    } else if (offences == MAX_OFFENCES) {
      log.warn("{} is disconnected after {} malformed bitswap messages", peer, offences);
      host.disconnect(peer);
    }
  }

  private void read(PeerId peer, Stream stream, Semaphore messages) throws IOException {
    Frames frames = new Frames(stream, () -> client.heard(peer));
    for (OptionalInt length = frames.length();
        length.isPresent() && !closed;
        length = frames.length()) {
      messages.acquireUninterruptibly();
      try {
        receive(peer, MessageReader.parse(frames.body(length.getAsInt())));
      } finally {
        messages.release();
      }
    }
  }

  private void receive(PeerId peer, Message message) {
    heardFrom.add(peer);
    client.receive(peer, message);
    server.receive(peer, message);
  }

  private final class Connections implements ConnectionListener {
    @Override
    public void identified(PeerId peer) {
      if (!closed) {
        client.joined(peer);
      }
    }

    /** The news may be old: then the peer is connected anew, and is asked anew. */
    @Override
    public void disconnected(PeerId peer) {
      client.left(peer);
      heardFrom.remove(peer);
      if (host.isConnected(peer)) {
        client.joined(peer);
      } else {
        inbound.remove(peer);
        server.left(peer);
      }
    }
  }
}
