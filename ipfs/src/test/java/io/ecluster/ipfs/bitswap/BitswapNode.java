package io.ecluster.ipfs.bitswap;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A bitswap peer in a {@link FakeNetwork}. */
final class BitswapNode implements AutoCloseable {
  /** Short enough for tests, long enough for a busy machine. */
  static final BitswapSettings QUICK =
      new BitswapSettings(Duration.ofMillis(400), Duration.ofMillis(200), Duration.ofMillis(1_500));

  static final Duration PATIENCE = Duration.ofSeconds(20);

  final MemoryHost host;
  final MemoryBlocks blocks = new MemoryBlocks();
  final Bitswap bitswap;

  BitswapNode(FakeNetwork network, int seed) {
    host = network.host(seed);
    bitswap = new Bitswap(host, blocks, QUICK);
  }

  Optional<byte[]> fetch(Cid cid) {
    return bitswap.fetch(cid, PATIENCE);
  }

  /** What came, and by {@code missing} what did not. */
  Map<Cid, byte[]> fetch(List<Cid> cids, Duration stall, Collection<Cid> missing) {
    Map<Cid, byte[]> got = new ConcurrentHashMap<>();
    missing.addAll(bitswap.fetch(cids, stall, got::put));
    return got;
  }

  void store(List<Block> more) {
    blocks.put(more);
    bitswap.stored(MemoryBlocks.cids(more));
  }

  @Override
  public void close() {
    bitswap.close();
    host.close();
  }
}
