package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.ConnectionListener;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gossipsub 1.1 with the parameters, message ids and strict signing of IPFS Cluster.
 *
 * <p>Every peer has a {@link PeerLink}, whose thread alone writes to it; each inbound stream is
 * read by the host's thread for it. Decisions are the {@link Router}'s, under one lock. Signatures
 * are checked, validators run and handlers called outside of it.
 *
 * <p>Nothing is ever written on an inbound stream, and it is not closed before the remote does so:
 * Go takes either for the death of the peer.
 */
public final class Gossipsub implements PubSub {
  static final List<String> PROTOCOLS =
      List.of("/meshsub/1.1.0", "/meshsub/1.0.0", "/floodsub/1.0.0");

  /** Malformed frames after which a peer is disconnected; Go sends none. */
  private static final int MAX_OFFENCES = 16;

  /** Tags and lengths around a message in a frame, generously. */
  private static final int FRAME_OVERHEAD_BYTES = 256;

  private static final String FLOODSUB = "/floodsub/1.0.0";
  private static final Logger log = LoggerFactory.getLogger(Gossipsub.class);

  private final Host host;
  private final Identity identity;
  private final GossipsubSettings settings;
  private final ByteString self;
  private final AtomicLong sequence;
  private final ReentrantLock lock = new ReentrantLock();
  private final Router router;
  private final Map<PeerId, PeerLink> links = new ConcurrentHashMap<>();
  private final Map<PeerId, Stream> inbound = new ConcurrentHashMap<>();
  private final Map<String, TopicInbox> inboxes = new ConcurrentHashMap<>();
  private final Map<PeerId, Integer> offences = new ConcurrentHashMap<>();
  private final JoinNotices notices = new JoinNotices();
  private final Counters counters = new Counters();
  private final Heartbeats.Stop heartbeats;
  private volatile boolean closed;

  /** Gossipsub on the machine's clock. Make it before the host connects to anyone. */
  public Gossipsub(Host host, Identity identity, GossipsubSettings settings) {
    this(host, identity, settings, InstantSource.system(), new Random(), Heartbeats.real());
  }

  public Gossipsub(
      Host host,
      Identity identity,
      GossipsubSettings settings,
      InstantSource clock,
      Random random,
      Heartbeats heartbeats) {
    this.host = host;
    this.identity = identity;
    this.settings = settings;
    this.self = ByteString.copyFrom(identity.id().toBytes());
    this.sequence = new AtomicLong(unixNanos(clock.instant()));
    this.router = new Router(settings, clock, random, this::send);
    PROTOCOLS.forEach(protocol -> host.handle(protocol, this::serve));
    host.addListener(new Connections());
    host.connectedPeers().forEach(this::link);
    this.heartbeats = heartbeats.every(settings.heartbeat(), this::heartbeat);
  }

  /** Ids never repeat across restarts: the counter starts at the time and outruns no clock. */
  private static long unixNanos(Instant now) {
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  @Override
  public void subscribe(String topic, Validator accept, Consumer<Message> handler) {
    TopicInbox inbox = new TopicInbox(topic, accept, handler, counters);
    if (inboxes.putIfAbsent(topic, inbox) != null) {
      inbox.close();
      throw new IllegalStateException("already subscribed to " + topic);
    }
    locked(() -> router.subscribe(topic));
  }

  @Override
  public void publish(String topic, byte[] data) {
    SignedMessage message = SignedMessage.sign(identity, sequence.getAndIncrement(), topic, data);
    int limit = RpcReader.MAX_FRAME_BYTES - FRAME_OVERHEAD_BYTES;
    if (message.size() > limit) {
      throw new IllegalArgumentException(
          "message of " + data.length + " bytes for " + topic + "; a frame takes " + limit);
    }
    counters.published.increment();
    locked(() -> router.publish(message));
  }

  @Override
  public List<PeerId> subscribers(String topic) {
    return locked(() -> router.subscribers(topic));
  }

  @Override
  public void onPeerJoined(Consumer<String> listener) {
    notices.add(listener);
  }

  public GossipsubStats stats() {
    return counters.snapshot();
  }

  /** Malformed streams and messages that are not properly signed; validators count their own. */
  public Refusals refusals() {
    return counters.refusedFrames;
  }

  @Override
  public void close() {
    closed = true;
    heartbeats.close();
    inboxes.values().forEach(TopicInbox::close);
    notices.close();
    links.values().forEach(PeerLink::close);
    inbound.values().forEach(Stream::reset);
  }

  // Outgoing.

  private void send(PeerId to, Rpc rpc) {
    PeerLink link = links.get(to);
    if (link != null) {
      link.send(rpc);
    }
  }

  private void link(PeerId peer) {
    if (!closed && speaksPubsub(peer)) {
      PeerLink made = newLink(peer);
      if (links.putIfAbsent(peer, made) == null) {
        locked(() -> router.known(peer));
        made.start();
      }
    }
  }

  private boolean speaksPubsub(PeerId peer) {
    Set<String> spoken = host.protocols(peer);
    return PROTOCOLS.stream().anyMatch(spoken::contains);
  }

  private PeerLink newLink(PeerId peer) {
    OutgoingQueue queue = new OutgoingQueue(settings.queueFrames(), counters);
    return new PeerLink(
        host, peer, queue, this::greeting, ended -> links.remove(ended.peer(), ended));
  }

  private List<Rpc> greeting(Stream stream) {
    return locked(() -> {
      router.known(stream.remotePeer()).floods = stream.protocol().equals(FLOODSUB);
      return router.greeting(stream.remotePeer());
    });
  }

  private void unlink(PeerId peer) {
    PeerLink link = links.remove(peer);
    if (link != null) {
      link.close();
    }
  }

  private void heartbeat() {
    try {
      locked(router::heartbeat);
    } catch (RuntimeException e) {
      log.error("gossipsub heartbeat failed", e);
    }
  }

  private final class Connections implements ConnectionListener {
    @Override
    public void identified(PeerId peer) {
      link(peer);
    }

    /** The news may be old: then the peer is connected anew, over which our stream must go. */
    @Override
    public void disconnected(PeerId peer) {
      unlink(peer);
      offences.remove(peer);
      boolean back =
          locked(() -> {
            boolean connected = host.isConnected(peer);
            if (!connected) {
              router.gone(peer);
            }
            return connected;
          });
      if (back) {
        link(peer);
      }
    }
  }

  // Incoming.

  private void serve(Stream stream) throws IOException {
    PeerId peer = stream.remotePeer();
    Stream older = inbound.put(peer, stream);
    if (older != null) {
      older.reset();
    }
    link(peer);
    try {
      read(peer, stream);
    } catch (FormatException e) {
      counters.refusedFrames.count(Refusals.Reason.MALFORMED);
      offended(peer, e);
      throw new IOException(e);
    } finally {
      inbound.remove(peer, stream);
    }
  }

  /** The first offence is logged, and the one that ends the connection. */
  private void offended(PeerId peer, FormatException e) {
    int count = offences.merge(peer, 1, Integer::sum);
    if (count == 1) {
      log.warn("pubsub stream of {} is cut: {}", peer, e.getMessage());
    } else if (count == MAX_OFFENCES) {
      log.warn("{} is disconnected after {} malformed pubsub frames", peer, count);
      host.disconnect(peer);
    }
  }

  private void read(PeerId peer, Stream stream) throws IOException {
    InputStream in = new BufferedInputStream(stream.input());
    boolean hello = true;
    for (Optional<Rpc> next = RpcReader.next(in);
        next.isPresent() && !closed;
        next = RpcReader.next(in)) {
      receive(peer, next.get(), hello);
      hello = false;
    }
  }

  private void receive(PeerId peer, Rpc rpc, boolean hello) {
    counters.receivedFrames.increment();
    if (hello || !rpc.subscriptions().isEmpty()) {
      notices.joined(locked(() -> router.topics(peer, rpc.subscriptions(), hello)));
    }
    rpc.messages().forEach(message -> receive(peer, message));
    if (rpc.hasControl()) {
      locked(() -> router.control(peer, rpc));
    }
  }

  private void receive(PeerId peer, SignedMessage signed) {
    if (!signed.hasId()) {
      counters.refusedFrames.count(Refusals.Reason.FORGED);
    } else if (signed.from().equals(self) || !locked(() -> router.isNews(signed))) {
      counters.duplicates.increment();
    } else {
      signed
          .author()
          .ifPresentOrElse(
              author -> judge(peer, signed, author),
              () -> {
                counters.refusedFrames.count(Refusals.Reason.FORGED);
                log.debug("message with a bad signature from {}", peer);
              });
    }
  }

  private void judge(PeerId peer, SignedMessage signed, PeerId author) {
    TopicInbox inbox = inboxes.get(signed.topic());
    Message message = new Message(author, signed.topic(), signed.payload().toByteArray());
    if (inbox == null || !accepts(inbox, message)) {
      counters.refused.increment();
      locked(() -> router.refuse(signed));
      return;
    }
    // Delivered under the lock: two streams must not swap messages between here and the inbox.
    boolean first =
        locked(() -> {
          boolean news = router.accept(signed, peer);
          if (news) {
            inbox.deliver(message);
          }
          return news;
        });
    if (!first) {
      counters.duplicates.increment();
    }
  }

  private static boolean accepts(TopicInbox inbox, Message message) {
    try {
      return inbox.accept.accepts(message);
    } catch (RuntimeException e) {
      log.warn("validator of {} failed on a message from {}", message.topic(), message.from(), e);
      return false;
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
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
