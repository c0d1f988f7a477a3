package io.ecluster.libp2p.kad;

import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.StreamHandler;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers what peers ask. It tells where peers are; values and providers are not kept, so that
 * questions for those are answered with nearer peers only. The table of peers is that of the
 * connections.
 */
final class KadServer implements StreamHandler {
  /** How many peers an answer names: Kademlia's k. */
  static final int NEAREST = 20;

  /** Go keeps one open to each peer, and opens a few more under load. */
  static final int MAX_STREAMS_PER_PEER = 16;

  /** An idle stream costs its peer one round trip to open again; Go's limit. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final Host host;
  private final Map<PeerId, Integer> streams = new ConcurrentHashMap<>();
  private final AtomicLong answered = new AtomicLong();
  private final Refusals refused = new Refusals();

  KadServer(Host host) {
    this.host = host;
  }

  KadStats stats() {
    long all = refused.all().values().stream().mapToLong(Long::longValue).sum();
    return new KadStats(answered.get(), all);
  }

  Refusals refusals() {
    return refused;
  }

  @Override
  public void serve(Stream stream) throws IOException {
    PeerId peer = stream.remotePeer();
    if (streams.merge(peer, 1, Integer::sum) > MAX_STREAMS_PER_PEER) {
      ended(peer);
      refused.count(Refusals.Reason.TOO_MANY);
      throw new IOException(peer + " has too many DHT streams");
    }
    try {
      stream.setReadTimeout(IDLE);
      answerAll(stream);
    } catch (FormatException e) {
      refused.count(Refusals.Reason.MALFORMED);
      throw new IOException(peer + ": " + e.getMessage(), e);
    } finally {
      ended(peer);
    }
  }

  private void ended(PeerId peer) {
    streams.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
  }

  private void answerAll(Stream stream) throws IOException {
    for (Optional<KadMessage> request = KadCodec.next(stream.input());
        request.isPresent();
        request = KadCodec.next(stream.input())) {
      Optional<KadMessage> answer = answer(stream.remotePeer(), request.get());
      answered.incrementAndGet();
      if (answer.isPresent()) {
        stream.output().write(KadCodec.frame(answer.get()));
      }
    }
  }

  /** Empty where the protocol has no answer. */
  Optional<KadMessage> answer(PeerId asking, KadMessage request) {
    return switch (request.type()) {
      case FIND_NODE -> Optional.of(KadMessage.nodes(findNode(asking, requireKey(request))));
      case GET_VALUE, GET_PROVIDERS -> Optional.of(nearer(asking, request));
      case PUT_VALUE -> Optional.of(notKept(request));
      case PING -> Optional.of(new KadMessage(request.type(), request.key(), List.of(), List.of()));
      case ADD_PROVIDER -> Optional.empty();
    };
  }

  private static byte[] requireKey(KadMessage request) {
    if (request.key().length == 0) {
      throw new FormatException(request.type() + " without a key");
    }
    return request.key();
  }

  private KadMessage nearer(PeerId asking, KadMessage request) {
    List<KadPeer> closer = told(nearest(asking, requireKey(request)));
    return new KadMessage(request.type(), request.key(), closer, List.of());
  }

  /** With an empty record, so that whoever compares it sees that it was not kept. */
  private static KadMessage notKept(KadMessage request) {
    return new KadMessage(request.type(), requireKey(request), List.of(), List.of());
  }

  /** The peer itself if we know where it is, and peers nearer to it. */
  private List<KadPeer> findNode(PeerId asking, byte[] key) {
    Optional<PeerId> target = peerId(key);
    if (target.filter(host.id()::equals).isPresent()) {
      return List.of(new KadPeer(host.id(), ownAddresses(), false));
    }
    Set<PeerId> peers = new LinkedHashSet<>(nearest(asking, key));
    target.ifPresent(peers::add);
    return told(peers);
  }

  private static Optional<PeerId> peerId(byte[] key) {
    try {
      return Optional.of(PeerId.fromBytes(key));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** Peers that can be asked on; never the one that asks. */
  private List<PeerId> nearest(PeerId asking, byte[] key) {
    List<PeerId> peers =
        host.connectedPeers().stream()
            .filter(peer -> !peer.equals(asking))
            .filter(peer -> host.protocols(peer).contains(KadDht.PROTOCOL))
            .toList();
    return Distance.nearest(peers, key, NEAREST);
  }

  private List<KadPeer> told(Iterable<PeerId> peers) {
    List<KadPeer> told = new ArrayList<>();
    for (PeerId peer : peers) {
      List<Multiaddr> addresses = host.knownAddresses(peer);
      if (!addresses.isEmpty()) {
        told.add(new KadPeer(peer, addresses, host.isConnected(peer)));
      }
    }
    return told;
  }

  private List<Multiaddr> ownAddresses() {
    return host.addresses().stream().map(Multiaddr::withoutPeerId).toList();
  }
}
