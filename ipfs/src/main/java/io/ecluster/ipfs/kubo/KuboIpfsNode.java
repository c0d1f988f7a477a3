package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A Kubo daemon. While it is down each call fails within seconds; when it is back, the next works.
 *
 * <p>Kubo finds blocks by their multihash, so they are put and asked for as raw ones: it then never
 * looks into them.
 */
public final class KuboIpfsNode implements IpfsNode {
  /** How long own garbage collection waits for adds in progress to end. */
  static final Duration GC_PATIENCE = Duration.ofSeconds(30);

  /** Go IPFS Cluster dials no more of a pin's origins either. */
  private static final int MAX_ORIGINS = 10;

  /** How much later than asked Kubo may say that a block did not come. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration SWARM_TIMEOUT = Duration.ofSeconds(60);
  private static final Logger LOG = LoggerFactory.getLogger(KuboIpfsNode.class);

  private final KuboSettings settings;
  private final KuboRpc rpc;
  private final KuboPins pins;
  private final GarbageGate gate = new GarbageGate();
  private volatile PinCount pinCount = PinCount.never();

  private KuboIpfsNode(KuboSettings settings) {
    this.settings = settings;
    this.rpc = new KuboRpc(settings);
    this.pins = new KuboPins(rpc, settings);
  }

  /** Connects when it is first used: Kubo need not be up. */
  public static KuboIpfsNode open(KuboSettings settings) {
    return new KuboIpfsNode(settings);
  }

  /**
   * Has something run each time that so many pins were tried, whether or not they came about.
   *
   * @param every zero for never
   * @param action does not block
   */
  public void afterPins(int every, Runnable action) {
    pinCount = new PinCount(every, action);
  }

  @Override
  public NodeId id() {
    JsonNode id = rpc.call("id").json();
    try {
      PeerId peer = PeerId.parse(id.path("ID").asString(""));
      return new NodeId(peer, addresses(id.path("Addresses")));
    } catch (FormatException e) {
      throw new IpfsException("Kubo's answer to id is malformed: " + e.getMessage(), e);
    }
  }

  /** Those we understand: a later Kubo may know more protocols. */
  private static List<Multiaddr> addresses(JsonNode texts) {
    List<Multiaddr> addresses = new ArrayList<>();
    for (JsonNode text : texts) {
      try {
        addresses.add(Multiaddr.parse(text.asString("")));
      } catch (FormatException e) {
        LOG.debug("an address of Kubo is not understood: {}", e.getMessage());
      }
    }
    return addresses;
  }

  @Override
  public void pin(Cid cid, PinMode mode, Collection<Multiaddr> origins) {
    origins.stream().limit(MAX_ORIGINS).forEach(this::dial);
    counted(() -> pins.add(cid, mode));
  }

  private void counted(Runnable pin) {
    try {
      pin.run();
    } finally {
      pinCount.add();
    }
  }

  private void dial(Multiaddr origin) {
    try {
      swarmConnect(origin);
    } catch (KuboErrorException e) {
      LOG.debug("origin {} cannot be reached: {}", origin, e.getMessage());
    }
  }

  @Override
  public void update(Cid from, Cid to) {
    counted(() -> pins.update(from, to));
  }

  @Override
  public void unpin(Cid cid) {
    pins.remove(cid);
  }

  @Override
  public Optional<PinMode> pinned(Cid cid) {
    return pins.find(cid);
  }

  @Override
  public void pins(Consumer<PinnedCid> each) {
    pins.list(each);
  }

  /** Kubo checks each block of a CAR against its CID, and says how many it has stored. */
  @Override
  public void put(Collection<Block> blocks) {
    List<Block> stored = blocks.stream().filter(block -> !block.cid().hash().isIdentity()).toList();
    stored.forEach(IpfsNode::requireSize);
    if (stored.isEmpty()) {
      return;
    }
    KuboCall call =
        rpc.call("dag/import")
            .with("pin-roots", "false")
            .with("stats", "true")
            .with("allow-big-block", "true")
            .body(new CarUpload(stored));
    JsonNode count = call.json().path("Stats").path("BlockCount");
    if (!count.isIntegralNumber()) {
      throw new IpfsException("Kubo does not say how many blocks it has stored: is it Kubo?");
    }
    if (count.asLong() != stored.size()) {
      throw new IpfsException(
          "Kubo stored %d of %d blocks".formatted(count.asLong(), stored.size()));
    }
  }

  @Override
  public Optional<byte[]> getLocal(Cid cid) {
    return block(cid, rpc.call("block/get").arg(cid.rawAlias()).with("offline", "true"));
  }

  @Override
  public Optional<byte[]> get(Cid cid, Duration timeout) {
    Duration grace =
        settings.requestTimeout().compareTo(GRACE) < 0 ? settings.requestTimeout() : GRACE;
    return block(
        cid,
        rpc.call("block/get")
            .arg(cid.rawAlias())
            .with("timeout", Math.max(1, timeout.toMillis()) + "ms")
            .within(timeout.plus(grace)));
  }

  private static Optional<byte[]> block(Cid cid, KuboCall call) {
    if (cid.hash().isIdentity()) {
      return Optional.of(cid.hash().digest());
    }
    try {
      byte[] data = call.bytes(Block.MAX_BYTES);
      return Optional.of(Block.verified(cid, data).data());
    } catch (FormatException e) {
      LOG.warn("Kubo's block {} is corrupt: {}", cid, e.getMessage());
      return Optional.empty();
    } catch (KuboErrorException e) {
      if (e.saysNotFound() || e.saysTimeout()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public boolean has(Cid cid) {
    return localSize(cid).isPresent();
  }

  /** As Kubo says without reading the block. */
  @Override
  public Optional<Integer> localSize(Cid cid) {
    if (cid.hash().isIdentity()) {
      return Optional.of(cid.hash().digest().length);
    }
    try {
      JsonNode stat = rpc.call("block/stat").arg(cid.rawAlias()).with("offline", "true").json();
      return Optional.of(stat.path("Size").asInt(0));
    } catch (KuboErrorException e) {
      if (e.saysNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public RepoStat repoStat() {
    JsonNode stat = rpc.call("repo/stat").with("size-only", "true").json();
    return new RepoStat(bytes(stat, "RepoSize"), bytes(stat, "StorageMax"));
  }

  /** Kubo counts without sign. */
  private static long bytes(JsonNode stat, String field) {
    JsonNode value = stat.path(field);
    if (!value.isIntegralNumber() || value.bigIntegerValue().signum() < 0) {
      throw new IpfsException("Kubo's answer to repo/stat has no " + field);
    }
    return value.bigIntegerValue().min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  /**
   * As the port says, but while blocks are being added here it waits, and is refused after {@link
   * #GC_PATIENCE}.
   */
  @Override
  public void gc(Consumer<Cid> removed) {
    gate.collect(GC_PATIENCE, () -> collect(removed));
  }

  private void collect(Consumer<Cid> removed) {
    List<String> errors = new ArrayList<>();
    KuboCall call =
        rpc.call("repo/gc").with("stream-errors", "true").within(settings.repoGcTimeout());
    try (JsonLines lines = call.lines()) {
      for (Optional<JsonNode> line = lines.next(); line.isPresent(); line = lines.next()) {
        String key = line.get().path("Key").path("/").asString("");
        String error = line.get().path("Error").asString("");
        if (!error.isEmpty()) {
          errors.add(error);
        } else if (!key.isEmpty()) {
          removed.accept(KuboPins.cid(key));
        }
      }
    }
    if (!errors.isEmpty()) {
      throw new IpfsException(
          "Kubo could not delete %d blocks, the first: %s"
              .formatted(errors.size(), errors.getFirst()));
    }
  }

  /**
   * Keeps what is put from now on from own garbage collection. One that others start on Kubo it
   * does not hold up: the pin that follows then fails.
   */
  @Override
  public AddGuard guard() {
    return gate.guard();
  }

  @Override
  public Cid resolve(String path) {
    String resolved = rpc.call("resolve").arg(path).json().path("Path").asString("");
    String[] parts = resolved.split("/");
    if (parts.length != 3) {
      throw new IpfsException("Kubo resolves " + path + " to " + resolved + ", which is no CID");
    }
    return KuboPins.cid(parts[2]);
  }

  @Override
  public List<PeerId> swarmPeers() {
    List<PeerId> peers = new ArrayList<>();
    for (JsonNode peer : rpc.call("swarm/peers").json().path("Peers")) {
      try {
        peers.add(PeerId.parse(peer.path("Peer").asString("")));
      } catch (FormatException e) {
        throw new IpfsException("Kubo names a peer that is none: " + e.getMessage(), e);
      }
    }
    return peers;
  }

  @Override
  public void swarmConnect(Multiaddr address) {
    rpc.call("swarm/connect").arg(address).within(SWARM_TIMEOUT).json();
  }

  @Override
  public void swarmDisconnect(PeerId peer) {
    try {
      rpc.call("swarm/disconnect").arg("/p2p/" + peer).within(SWARM_TIMEOUT).json();
    } catch (KuboErrorException e) {
      LOG.debug("{} is not disconnected: {}", peer, e.getMessage());
    }
  }

  @Override
  public void close() {
    rpc.close();
  }
}
