package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockHasher;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Computes the parity blocks of stripes. Keeps its buffers; for one thread at a time. */
final class StripeEncoder {
  private final ErasureCode code;
  private final BlockHasher hasher;
  private ShardBuffers buffers;

  StripeEncoder(ErasureCode code, BlockHasher hasher) {
    this.code = code;
    this.hasher = hasher;
    this.buffers = allocate(0);
  }

  /** The blocks of the p parity cells. */
  List<List<Block>> parity(List<List<Block>> cells) {
    int length = cells.stream().mapToInt(StripeEncoder::bytes).max().orElse(0);
    if (length > buffers.capacity()) {
      buffers = allocate(length);
    }
    List<MemorySegment> data = buffers.slices(0, code.dataShards(), length);
    List<MemorySegment> parity = buffers.slices(code.dataShards(), code.totalShards(), length);
    for (int column = 0; column < cells.size(); column++) {
      fill(data.get(column), cells.get(column));
    }
    code.encode(data, parity);
    return inColumns(hash(parity.stream().flatMap(cell -> cut(cell).stream()).toList()));
  }

  /** Cuts a parity cell into the pieces as which it is stored. */
  private static List<byte[]> cut(MemorySegment cell) {
    List<byte[]> pieces = new ArrayList<>();
    for (long at = 0; at < cell.byteSize(); at += CodedStripe.PARITY_BLOCK_BYTES) {
      long size = Math.min(CodedStripe.PARITY_BLOCK_BYTES, cell.byteSize() - at);
      pieces.add(cell.asSlice(at, size).toArray(ValueLayout.JAVA_BYTE));
    }
    return pieces;
  }

  private List<Block> hash(List<byte[]> pieces) {
    List<Block> blocks = new ArrayList<>(pieces.size());
    for (int from = 0; from < pieces.size(); from += hasher.batchSize()) {
      int to = Math.min(from + hasher.batchSize(), pieces.size());
      for (Multihash hash : hasher.hash(HashFunction.SHA2_256, pieces.subList(from, to))) {
        blocks.add(new Block(Cid.v1(Multicodec.RAW, hash), pieces.get(blocks.size())));
      }
    }
    return blocks;
  }

  /** All parity cells have the same length, and so the same number of blocks. */
  private List<List<Block>> inColumns(List<Block> blocks) {
    int perCell = blocks.size() / code.parityShards();
    List<List<Block>> columns = new ArrayList<>(code.parityShards());
    for (int i = 0; i < code.parityShards(); i++) {
      columns.add(blocks.subList(i * perCell, (i + 1) * perCell));
    }
    return columns;
  }

  /** Copies the blocks and pads them with zeros. */
  private static void fill(MemorySegment shard, List<Block> blocks) {
    long at = 0;
    for (Block block : blocks) {
      MemorySegment.copy(block.data(), 0, shard, ValueLayout.JAVA_BYTE, at, block.size());
      at += block.size();
    }
    shard.asSlice(at).fill((byte) 0);
  }

  private static int bytes(List<Block> blocks) {
    return blocks.stream().mapToInt(Block::size).sum();
  }

  /** The collector frees old buffers: an encoder needs no closing, and grows once or never. */
  private ShardBuffers allocate(long capacity) {
    return ShardBuffers.allocate(Arena.ofAuto(), code.totalShards(), capacity);
  }
}
