package io.ecluster.libp2p.kad;

import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of the DHT for local networks: tells peers where others are, and asks them.
 *
 * <p>A cluster is small and nearly fully connected, so that this is no full Kademlia: only peers
 * that are connected are asked, the nearest to the target first. Whoever is learned of so gets
 * connected by the caller, and can be asked the next time.
 */
public final class KadDht {
  public static final String PROTOCOL = "/ipfs/lan/kad/1.0.0";

  /** Peers asked for one target: in a mesh the first mostly knows. */
  static final int MAX_ASKED = 8;

  /** Peers kept of all answers to one question. */
  static final int MAX_LEARNED = 512;

  private static final Logger log = LoggerFactory.getLogger(KadDht.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int RANDOM_KEY_BYTES = 32;

  private final Host host;
  private final Random random;
  private final KadServer server;

  /** Serves the protocol from now on. */
  public KadDht(Host host, Random random) {
    this.host = host;
    this.random = random;
    this.server = new KadServer(host);
    host.handle(PROTOCOL, server);
  }

  public KadStats stats() {
    return server.stats();
  }

  /** Requests that were refused, and malformed answers to ours. */
  public Refusals refusals() {
    return server.refusals();
  }

  /**
   * Looks for a peer, and stops when somebody knows its address.
   *
   * @return it, if it was found, and all others that were told of on the way
   */
  public List<KadPeer> find(PeerId target) {
    Map<PeerId, KadPeer> learned = new LinkedHashMap<>();
    for (PeerId asked : Distance.nearest(servers(), target.toBytes(), MAX_ASKED)) {
      askQuietly(asked, target.toBytes()).forEach(peer -> add(learned, peer));
      if (learned.containsKey(target)) {
        break;
      }
    }
    return List.copyOf(learned.values());
  }

  /**
   * Asks one peer whom it knows: those near to us, and those near to any point.
   *
   * @return none if it does not answer or does not speak the protocol
   */
  public List<KadPeer> neighbours(PeerId asked) {
    Map<PeerId, KadPeer> learned = new LinkedHashMap<>();
    if (host.protocols(asked).contains(PROTOCOL)) {
      byte[] anywhere = new byte[RANDOM_KEY_BYTES];
      random.nextBytes(anywhere);
      askQuietly(asked, host.id().toBytes()).forEach(peer -> add(learned, peer));
      askQuietly(asked, anywhere).forEach(peer -> add(learned, peer));
    }
    return List.copyOf(learned.values());
  }

  private void add(Map<PeerId, KadPeer> learned, KadPeer peer) {
    boolean useful = !peer.id().equals(host.id()) && !peer.addresses().isEmpty();
    if (useful && learned.size() < MAX_LEARNED) {
      learned.putIfAbsent(peer.id(), peer);
    }
  }

  private List<PeerId> servers() {
    return host.connectedPeers().stream()
        .filter(peer -> host.protocols(peer).contains(PROTOCOL))
        .toList();
  }

  private List<KadPeer> askQuietly(PeerId asked, byte[] key) {
    try {
      return ask(asked, key);
    } catch (IOException | FormatException e) {
      if (e instanceof FormatException) {
        server.refusals().count(Refusals.Reason.MALFORMED);
      }
      log.debug("{} does not tell where peers are: {}", asked, e.getMessage());
      return List.of();
    }
  }

  private List<KadPeer> ask(PeerId asked, byte[] key) throws IOException {
    Stream stream = host.open(asked, List.of(PROTOCOL), TIMEOUT);
    try {
      stream.setReadTimeout(TIMEOUT);
      stream.output().write(KadCodec.frame(KadMessage.findNode(key)));
      stream.closeWrite();
      KadMessage answer =
          KadCodec.next(stream.input()).orElseThrow(() -> new IOException("no answer"));
      stream.close();
      return answer.closer();
    } catch (IOException | RuntimeException e) {
      stream.reset();
      throw e;
    }
  }
}
