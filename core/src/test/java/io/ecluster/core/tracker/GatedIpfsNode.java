package io.ecluster.core.tracker;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * An IPFS node whose pins can be made to wait, and which knows who does what at once: it fails the
 * test if two operations on one CID overlap.
 */
public final class GatedIpfsNode implements IpfsNode {
  private final IpfsNode inner;
  private final Map<Cid, Semaphore> gates = new ConcurrentHashMap<>();
  private final Set<Cid> busy = ConcurrentHashMap.newKeySet();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> overlaps = new CopyOnWriteArrayList<>();

  public GatedIpfsNode(IpfsNode inner) {
    this.inner = inner;
  }

  /** Pins of this CID wait from now on. */
  public void shut(Cid cid) {
    gates.put(cid, new Semaphore(0));
  }

  /** Lets the pins of this CID go on, those that wait and those that come. */
  public void open(Cid cid) {
    Semaphore gate = gates.remove(cid);
    if (gate != null) {
      gate.release(1000);
    }
  }

  /** Whether an operation is in the middle of this CID. */
  public boolean isBusy(Cid cid) {
    return busy.contains(cid);
  }

  public int busyCount() {
    return busy.size();
  }

  /** {@code pin CID}, {@code update CID CID} and {@code unpin CID}, as they ended. */
  public List<String> log() {
    return List.copyOf(log);
  }

  public List<String> overlaps() {
    return List.copyOf(overlaps);
  }

  @Override
  public void pin(Cid cid, PinMode mode, Collection<Multiaddr> origins) {
    enter(cid);
    try {
      Semaphore gate = gates.get(cid);
      if (gate != null) {
        gate.acquire();
      }
      inner.pin(cid, mode, origins);
      log.add("pin " + cid);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("pinning " + cid + " was interrupted", e);
    } finally {
      busy.remove(cid);
    }
  }

  @Override
  public void update(Cid from, Cid to) {
    enter(to);
    try {
      inner.update(from, to);
      log.add("update " + from + " " + to);
    } finally {
      busy.remove(to);
    }
  }

  @Override
  public void unpin(Cid cid) {
    enter(cid);
    try {
      inner.unpin(cid);
      log.add("unpin " + cid);
    } finally {
      busy.remove(cid);
    }
  }

  private void enter(Cid cid) {
    if (!busy.add(cid)) {
      overlaps.add("two operations at once on " + cid);
    }
  }

  @Override
  public NodeId id() {
    return inner.id();
  }

  @Override
  public Optional<PinMode> pinned(Cid cid) {
    return inner.pinned(cid);
  }

  @Override
  public void pins(Consumer<PinnedCid> each) {
    inner.pins(each);
  }

  @Override
  public void put(Collection<Block> blocks) {
    inner.put(blocks);
  }

  @Override
  public Optional<byte[]> getLocal(Cid cid) {
    return inner.getLocal(cid);
  }

  @Override
  public Optional<byte[]> get(Cid cid, Duration timeout) {
    return inner.get(cid, timeout);
  }

  @Override
  public boolean has(Cid cid) {
    return inner.has(cid);
  }

  @Override
  public RepoStat repoStat() {
    return inner.repoStat();
  }

  @Override
  public void gc(Consumer<Cid> removed) {
    inner.gc(removed);
  }

  @Override
  public AddGuard guard() {
    return inner.guard();
  }

  @Override
  public Cid resolve(String path) {
    return inner.resolve(path);
  }

  @Override
  public List<PeerId> swarmPeers() {
    return inner.swarmPeers();
  }

  @Override
  public void swarmConnect(Multiaddr address) {
    inner.swarmConnect(address);
  }

  @Override
  public void swarmDisconnect(PeerId peer) {
    inner.swarmDisconnect(peer);
  }

  @Override
  public void close() {
    inner.close();
  }
}
