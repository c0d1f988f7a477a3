package io.ecluster.ipfs;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockLinks;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A strict IPFS node in memory: it checks hashes, keys blocks by multihash, walks pins by their
 * links, collects garbage as the port promises, and refuses calls after it was closed. It does not
 * wait: a block that no node of its network has at this moment fails a pin at once. Faults are
 * switched on and off by tests. Safe for use by many threads.
 */
public final class FakeIpfsNode implements IpfsNode {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Multihash, byte[]> blocks = new HashMap<>();
  private final Map<Cid, PinMode> pins = new TreeMap<>();
  private final Map<FakeGuard, Set<Multihash>> guards = new LinkedHashMap<>();
  private final FakeIpfsNetwork network;
  private final NodeId id;
  private long storageMax = 1L << 40;
  private volatile @Nullable String failure;
  private volatile boolean online = true;
  private volatile boolean closed;

  /** A node that knows no other. */
  public FakeIpfsNode() {
    this(0, new FakeIpfsNetwork());
  }

  FakeIpfsNode(int number, FakeIpfsNetwork network) {
    this.network = network;
    this.id = nodeId(number);
    network.join(this);
  }

  private static NodeId nodeId(int number) {
    PeerId peer = PeerId.ofPublicKey(("fake ipfs " + number).getBytes(StandardCharsets.UTF_8));
    Multiaddr address = Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (20_000 + number));
    return new NodeId(peer, List.of(address.withPeerId(peer)));
  }

  // What tests switch and look at.

  /** Every call fails with this text from now on, as when the node's process is gone. */
  public void failWith(String text) {
    run(() -> failure = text);
  }

  /** Ends what {@link #failWith} began. */
  public void heal() {
    failure = null;
  }

  /** Cut off, it neither fetches from others nor gives them blocks. */
  public void online(boolean reachable) {
    online = reachable;
  }

  /** Puts beyond this many bytes fail. */
  public void storageMax(long bytes) {
    run(() -> storageMax = bytes);
  }

  /** Loses a block as a broken disk does: pins still name it. */
  public void lose(Cid cid) {
    run(() -> blocks.remove(cid.hash()));
  }

  /** Changes a byte of a stored block, which from then on reads as absent. */
  public void corrupt(Cid cid) {
    run(() -> {
      byte[] bytes = blocks.get(cid.hash());
      if (bytes == null || bytes.length == 0) {
        throw new IllegalStateException("no bytes to corrupt in " + cid);
      }
      byte[] bad = bytes.clone();
      bad[bad.length / 2] ^= 1;
      blocks.put(cid.hash(), bad);
    });
  }

  /** The multihashes of all stored blocks. */
  public Set<Multihash> stored() {
    return call(() -> Set.copyOf(blocks.keySet()));
  }

  /** All top-level pins. */
  public Map<Cid, PinMode> pinned() {
    return call(() -> Map.copyOf(pins));
  }

  /** The guards not yet closed: a test that ends with one has found a leak. */
  public int openGuards() {
    return call(guards::size);
  }

  boolean isOnline() {
    return online && !closed && failure == null;
  }

  PeerId peer() {
    return id.id();
  }

  Optional<byte[]> give(Cid cid) {
    lock.lock();
    try {
      return read(cid);
    } finally {
      lock.unlock();
    }
  }

  // The port.

  @Override
  public NodeId id() {
    return call(() -> id);
  }

  @Override
  public void pin(Cid cid, PinMode mode, Collection<Multiaddr> origins) {
    run(() -> {});
    for (Block block : fetchMissing(cid, mode)) {
      put(List.of(block));
    }
    run(() -> pins.put(cid, mode));
  }

  /** Asks other nodes without holding the lock, so that two that pin at once do not deadlock. */
  private Collection<Block> fetchMissing(Cid root, PinMode mode) {
    Map<Cid, Block> fetched = new LinkedHashMap<>();
    Set<Cid> seen = new HashSet<>(Set.of(root));
    Deque<Cid> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      Cid cid = pending.pop();
      byte[] data = getLocal(cid).orElseGet(() -> fetch(cid, fetched));
      if (mode == PinMode.RECURSIVE) {
        BlockLinks.of(cid, data).stream().filter(seen::add).forEach(pending::push);
      }
    }
    return fetched.values();
  }

  private byte[] fetch(Cid cid, Map<Cid, Block> fetched) {
    byte[] data =
        network
            .fetch(this, cid)
            .orElseThrow(() -> new IpfsException("block " + cid + " is on no node of the network"));
    fetched.put(cid, Block.verified(cid, data));
    return data;
  }

  @Override
  public void unpin(Cid cid) {
    run(() -> pins.remove(cid));
  }

  @Override
  public Optional<PinMode> pinned(Cid cid) {
    return call(() -> Optional.ofNullable(pins.get(cid)));
  }

  @Override
  public void pins(Consumer<PinnedCid> each) {
    pinned().forEach((cid, mode) -> each.accept(new PinnedCid(cid, mode)));
  }

  @Override
  public void put(Collection<Block> added) {
    added.forEach(FakeIpfsNode::check);
    run(() -> added.forEach(this::store));
  }

  private static void check(Block block) {
    try {
      Block.verified(block.cid(), block.data());
    } catch (FormatException e) {
      throw new IpfsException("refused: " + e.getMessage(), e);
    }
    if (block.size() > Block.MAX_BYTES) {
      throw new IpfsException("block " + block.cid() + " has " + block.size() + " bytes");
    }
  }

  private void store(Block block) {
    Multihash hash = block.cid().hash();
    if (hash.isIdentity()) {
      return;
    }
    if (!blocks.containsKey(hash) && size() + block.size() > storageMax) {
      throw new IpfsException("no space left for block " + block.cid());
    }
    blocks.put(hash, block.data().clone());
    guards.values().forEach(guarded -> guarded.add(hash));
  }

  @Override
  public Optional<byte[]> getLocal(Cid cid) {
    return call(() -> read(cid));
  }

  @Override
  public Optional<byte[]> get(Cid cid, Duration timeout) {
    return getLocal(cid).or(() -> network.fetch(this, cid));
  }

  @Override
  public boolean has(Cid cid) {
    return call(() -> cid.hash().isIdentity() || blocks.containsKey(cid.hash()));
  }

  @Override
  public RepoStat repoStat() {
    return call(() -> new RepoStat(size(), storageMax));
  }

  @Override
  public void gc(Consumer<Cid> removed) {
    call(this::collect).forEach(removed);
  }

  private List<Cid> collect() {
    Set<Multihash> kept = new HashSet<>();
    guards.values().forEach(kept::addAll);
    Set<Cid> seen = new HashSet<>();
    pins.forEach((cid, mode) -> keep(cid, mode, kept, seen));
    List<Multihash> garbage =
        blocks.keySet().stream().filter(hash -> !kept.contains(hash)).sorted().toList();
    garbage.forEach(blocks::remove);
    return garbage.stream().map(hash -> Cid.v1(0x55, hash)).toList();
  }

  private void keep(Cid cid, PinMode mode, Set<Multihash> kept, Set<Cid> seen) {
    kept.add(cid.hash());
    if (mode == PinMode.RECURSIVE && !BlockLinks.isLeaf(cid) && seen.add(cid)) {
      byte[] data =
          read(cid).orElseThrow(() -> new IpfsException("nothing was collected: lost " + cid));
      BlockLinks.of(cid, data).forEach(link -> keep(link, mode, kept, seen));
    }
  }

  @Override
  public AddGuard guard() {
    return call(() -> {
      FakeGuard guard = new FakeGuard();
      guards.put(guard, new HashSet<>());
      return guard;
    });
  }

  private final class FakeGuard implements AddGuard {
    @Override
    public void close() {
      run(() -> {
        if (guards.remove(this) == null) {
          throw new IllegalStateException("guard closed twice");
        }
      });
    }
  }

  @Override
  public Cid resolve(String path) {
    return IpfsPath.resolve(path, this::getForPath);
  }

  private byte[] getForPath(Cid cid) {
    return get(cid, Duration.ZERO)
        .orElseThrow(() -> new BlockNotFoundException(cid, "no fake node has it"));
  }

  @Override
  public List<PeerId> swarmPeers() {
    run(() -> {});
    return network.reachable(this).stream().map(FakeIpfsNode::peer).toList();
  }

  @Override
  public void swarmConnect(Multiaddr address) {
    run(() -> {});
    network.dial(this, address);
  }

  @Override
  public void swarmDisconnect(PeerId peer) {
    run(() -> {}); // all of a network reach each other
  }

  @Override
  public void close() {
    closed = true;
    network.leave(this);
  }

  private long size() {
    return blocks.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  private Optional<byte[]> read(Cid cid) {
    if (cid.hash().isIdentity()) {
      return Optional.of(cid.hash().digest());
    }
    return Optional.ofNullable(blocks.get(cid.hash()))
        .filter(cid.hash()::matches)
        .map(byte[]::clone);
  }

  private void run(Runnable action) {
    call(() -> {
      action.run();
      return true;
    });
  }

  private <T> T call(Supplier<T> action) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("fake IPFS node used after it was closed");
      }
      if (failure != null) {
        throw new IpfsException(failure);
      }
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
