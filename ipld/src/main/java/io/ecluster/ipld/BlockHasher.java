package io.ecluster.ipld;

import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multihash;
import java.util.List;

/**
 * Hashes leaves, several at once where that is faster: hashing is what an import spends its time
 * on.
 */
public interface BlockHasher {
  /** One after the other, with the processor's own instructions. */
  BlockHasher SEQUENTIAL =
      new BlockHasher() {
        @Override
        public int batchSize() {
          return 1;
        }

        @Override
        public List<Multihash> hash(HashFunction function, List<byte[]> blocks) {
          return blocks.stream().map(function::hash).toList();
        }
      };

  /** As many at once as {@link HashFunction#hashAll} can do side by side. */
  BlockHasher SIDE_BY_SIDE =
      new BlockHasher() {
        @Override
        public int batchSize() {
          return 16;
        }

        @Override
        public List<Multihash> hash(HashFunction function, List<byte[]> blocks) {
          return function.hashAll(blocks);
        }
      };

  /** How many blocks are best given at once. */
  int batchSize();

  /** The hashes of at most {@link #batchSize} blocks, in their order. */
  List<Multihash> hash(HashFunction function, List<byte[]> blocks);
}
