package io.ecluster.ipfs.bitswap;

import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Blocks in memory that count how often they are read. */
public final class MemoryBlocks implements LocalBlocks {
  final AtomicInteger reads = new AtomicInteger();
  private final Set<Multihash> damaged = ConcurrentHashMap.newKeySet();
  private final Map<Multihash, byte[]> blocks = new ConcurrentHashMap<>();

  /** Random raw blocks of one size. */
  static List<Block> random(long seed, int count, int bytes) {
    Random random = new Random(seed);
    return IntStream.range(0, count).mapToObj(_ -> random(random, bytes)).toList();
  }

  private static Block random(Random random, int bytes) {
    byte[] data = new byte[bytes];
    random.nextBytes(data);
    return new Block(Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(data)), data);
  }

  static List<Cid> cids(List<Block> blocks) {
    return blocks.stream().map(Block::cid).toList();
  }

  void put(List<Block> more) {
    more.forEach(block -> blocks.put(block.cid().hash(), block.data()));
  }

  void put(Block block) {
    put(List.of(block));
  }

  /** A block that is there until it is read. */
  void damage(Block block) {
    put(block);
    damaged.add(block.cid().hash());
  }

  @Override
  public Optional<byte[]> get(Cid cid) {
    reads.incrementAndGet();
    if (damaged.contains(cid.hash())) {
      return Optional.empty();
    }
    return Optional.ofNullable(blocks.get(cid.hash()));
  }

  @Override
  public Optional<Integer> size(Cid cid) {
    return Optional.ofNullable(blocks.get(cid.hash())).map(data -> data.length);
  }
}
