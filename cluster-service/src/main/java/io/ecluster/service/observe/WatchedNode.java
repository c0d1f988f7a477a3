package io.ecluster.service.observe;

import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** An IPFS node of which is counted what this peer asks of it. */
final class WatchedNode implements IpfsNode {
  private final IpfsNode node;
  private final NodeMetrics metrics;

  WatchedNode(IpfsNode node, NodeMetrics metrics) {
    this.node = node;
    this.metrics = metrics;
  }

  @Override
  public void pin(Cid cid, PinMode mode, Collection<Multiaddr> origins) {
    metrics.pinning(() -> node.pin(cid, mode, origins));
  }

  @Override
  public void update(Cid from, Cid to) {
    metrics.pinning(() -> node.update(from, to));
  }

  @Override
  public void pins(Consumer<PinnedCid> each) {
    AtomicLong count = new AtomicLong();
    node.pins(pin -> {
      count.incrementAndGet();
      each.accept(pin);
    });
    metrics.listed(count.get());
  }

  @Override
  public void put(Collection<Block> blocks) {
    metrics.putting(blocks, () -> node.put(blocks));
  }

  @Override
  public RepoStat repoStat() {
    RepoStat stat = node.repoStat();
    metrics.told(stat);
    return stat;
  }

  @Override
  public NodeId id() {
    return node.id();
  }

  @Override
  public void unpin(Cid cid) {
    node.unpin(cid);
  }

  @Override
  public Optional<PinMode> pinned(Cid cid) {
    return node.pinned(cid);
  }

  @Override
  public Optional<byte[]> getLocal(Cid cid) {
    return node.getLocal(cid);
  }

  @Override
  public Optional<Integer> localSize(Cid cid) {
    return node.localSize(cid);
  }

  @Override
  public Optional<byte[]> get(Cid cid, Duration timeout) {
    return node.get(cid, timeout);
  }

  @Override
  public boolean has(Cid cid) {
    return node.has(cid);
  }

  @Override
  public void gc(Consumer<Cid> removed) {
    node.gc(removed);
  }

  @Override
  public AddGuard guard() {
    return node.guard();
  }

  @Override
  public Cid resolve(String path) {
    return node.resolve(path);
  }

  @Override
  public List<PeerId> swarmPeers() {
    return node.swarmPeers();
  }

  @Override
  public void swarmConnect(Multiaddr address) {
    node.swarmConnect(address);
  }

  @Override
  public void swarmDisconnect(PeerId peer) {
    node.swarmDisconnect(peer);
  }

  @Override
  public void close() {
    node.close();
  }
}
