package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsPath;
import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.ipfs.bitswap.LocalBlocks;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An IPFS node inside the daemon: blocks in files, pins in RocksDB, garbage collection, and
 * whatever exchange it is given for blocks of others.
 *
 * <p><b>Collecting while others put and pin.</b> Collection keeps the closure of the pins it lists
 * and what {@link Shields} cover. No lock is held over the whole of a put, a pin or a collection; a
 * pin may wait for minutes without stopping anybody. It is safe because:
 *
 * <ol>
 *   <li>A block is covered by a shield, and deleted after a look at the shields, under one lock.
 *       Who covers a block and then finds it keeps it; who comes too late finds it gone and writes
 *       or fetches it again.
 *   <li>A pin covers every block before it looks for it, and lets go only after the pin is
 *       recorded. If that was before the collection listed the pins, the pin was listed. If not,
 *       its shield was up after the collection began, and from there until its end no shield falls.
 *   <li>The same holds for an add that pins under its guard and then closes it.
 *   <li>The collection has a shield of its own for all that is put while it runs, so that it does
 *       not take what came after it looked.
 * </ol>
 *
 * <p>Reading blocks of others does not store them: only what is put or pinned takes space here.
 */
public final class EmbeddedIpfsNode implements IpfsNode {
  private static final String BLOCKS = "blocks";
  private static final String PINS = "pins";

  private final EmbeddedIpfsSettings settings;
  private final SwarmView swarm;
  private final Shields shields = new Shields();
  private final PinStore pins;
  private final FileBlockStore store;
  private final Optional<BlockExchange> exchange;
  private final ReentrantLock collecting = new ReentrantLock();

  private EmbeddedIpfsNode(
      Path folder,
      EmbeddedIpfsSettings settings,
      Disk disk,
      SwarmView swarm,
      Function<LocalBlocks, Optional<BlockExchange>> exchange) {
    this.settings = settings;
    this.swarm = swarm;
    this.pins = new PinStore(folder.resolve(PINS), settings.sync());
    this.store = new FileBlockStore(folder.resolve(BLOCKS), settings, disk, shields);
    this.exchange = exchange.apply(store);
  }

  /**
   * Opens the node in {@code folder}, made if it is not there.
   *
   * @param exchange makes the exchange, which gives out the local blocks it is passed; the node
   *     closes it
   * @throws IpfsException if the folder is in use or cannot be written
   */
  public static EmbeddedIpfsNode open(
      Path folder,
      EmbeddedIpfsSettings settings,
      SwarmView swarm,
      Function<LocalBlocks, BlockExchange> exchange) {
    return new EmbeddedIpfsNode(
        folder, settings, Disk.real(), swarm, local -> Optional.of(exchange.apply(local)));
  }

  /** Opens a node that exchanges no blocks. */
  public static EmbeddedIpfsNode offline(
      Path folder, EmbeddedIpfsSettings settings, SwarmView swarm) {
    return offline(folder, settings, swarm, Disk.real());
  }

  static EmbeddedIpfsNode offline(
      Path folder, EmbeddedIpfsSettings settings, SwarmView swarm, Disk disk) {
    return new EmbeddedIpfsNode(folder, settings, disk, swarm, _ -> Optional.empty());
  }

  /** The blocks that are stored, for those who give them out. */
  public LocalBlocks localBlocks() {
    return store;
  }

  @Override
  public NodeId id() {
    return new NodeId(swarm.id(), swarm.addresses());
  }

  @Override
  public void pin(Cid cid, PinMode mode, Collection<Multiaddr> origins) {
    Origins dialled = new Origins(swarm, origins);
    try (Shields.Shield shield = shields.forWalk()) {
      new PinWalk(store, shields, shield, mode)
          .run(cid, (cids, each) -> fetch(cids, dialled, each));
      pins.put(cid, mode);
    }
  }

  private Collection<Cid> fetch(
      Collection<Cid> cids, Origins origins, BiConsumer<Cid, byte[]> each) {
    BlockExchange online = exchange.orElseThrow(() -> offline(cids.iterator().next()));
    origins.connect();
    return online.fetch(
        cids,
        settings.pinTimeout(),
        (cid, data) -> {
          each.accept(cid, data);
          online.stored(List.of(cid));
        });
  }

  private static IpfsException offline(Cid cid) {
    return new IpfsException("block " + cid + " is not stored here, and the node is offline");
  }

  @Override
  public void unpin(Cid cid) {
    pins.remove(cid);
  }

  @Override
  public Optional<PinMode> pinned(Cid cid) {
    return pins.get(cid);
  }

  @Override
  public void pins(Consumer<PinnedCid> each) {
    pins.forEach(each);
  }

  @Override
  public void put(Collection<Block> blocks) {
    InTwo.run(blocks, half -> half.forEach(EmbeddedIpfsNode::check));
    putVerified(blocks);
  }

  private static void check(Block block) {
    try {
      Block.verified(block.cid(), block.data());
    } catch (FormatException e) {
      throw new IpfsException("refused to store a block: " + e.getMessage(), e);
    }
  }

  /** As {@link #put}, for blocks whose hashes the caller has computed or checked itself. */
  public void putVerified(Collection<Block> blocks) {
    blocks.forEach(IpfsNode::requireSize);
    List<Block> stored = blocks.stream().filter(b -> !b.cid().hash().isIdentity()).toList();
    InTwo.run(stored, store::put);
    exchange.ifPresent(online -> online.stored(stored.stream().map(Block::cid).toList()));
  }

  @Override
  public Optional<byte[]> getLocal(Cid cid) {
    return store.get(cid);
  }

  @Override
  public Optional<Integer> localSize(Cid cid) {
    return store.size(cid);
  }

  @Override
  public Optional<byte[]> get(Cid cid, Duration timeout) {
    return getLocal(cid).or(() -> exchange.flatMap(online -> online.fetch(cid, timeout)));
  }

  @Override
  public boolean has(Cid cid) {
    return cid.hash().isIdentity() || store.has(cid.hash());
  }

  /** Reads a stored block and checks it; one that is corrupt is deleted and so absent after. */
  public boolean verify(Cid cid) {
    return store.get(cid).isPresent();
  }

  /** How many corrupt blocks were found since the node was opened. */
  public long corruptBlocks() {
    return store.corruptBlocks();
  }

  @Override
  public RepoStat repoStat() {
    long size = store.bytes();
    long most = size + store.roomBytes();
    long limit = settings.storageMaxBytes();
    return new RepoStat(size, limit > 0 ? Math.min(limit, most) : most);
  }

  @Override
  public void gc(Consumer<Cid> removed) {
    try {
      collecting.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("garbage collection was interrupted", e);
    }
    try {
      collect(removed);
    } finally {
      collecting.unlock();
    }
  }

  private void collect(Consumer<Cid> removed) {
    Shields.Shield own = shields.beginCollection();
    try {
      Marker marker = new Marker(store);
      pins.forEach(marker::mark);
      marker.requireAllRead();
      store.sweep(marker::keeps, removed);
    } finally {
      shields.endCollection(own);
    }
  }

  @Override
  public AddGuard guard() {
    Shields.Shield shield = shields.forPuts();
    return shield::close;
  }

  @Override
  public Cid resolve(String path) {
    return IpfsPath.resolve(path, this::getForPath);
  }

  private byte[] getForPath(Cid cid) {
    return get(cid, settings.pinTimeout())
        .orElseThrow(() -> new BlockNotFoundException(cid, "no peer sent it in time"));
  }

  @Override
  public List<PeerId> swarmPeers() {
    return swarm.connectedPeers();
  }

  @Override
  public void swarmConnect(Multiaddr address) {
    try {
      swarm.connect(address);
    } catch (IOException e) {
      throw new IpfsException("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void swarmDisconnect(PeerId peer) {
    swarm.disconnect(peer);
  }

  @Override
  public void close() {
    exchange.ifPresent(BlockExchange::close);
    store.close();
    pins.close();
  }
}
