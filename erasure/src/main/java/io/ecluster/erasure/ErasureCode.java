package io.ecluster.erasure;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/**
 * A systematic code over shards of equal, arbitrary length. Shards are numbered 0 to d-1 (data) and
 * d to d+p-1 (parity). Safe for use by many threads.
 */
public interface ErasureCode {
  int dataShards();

  int parityShards();

  default int totalShards() {
    return dataShards() + parityShards();
  }

  /**
   * Computes all parity shards.
   *
   * @param data d segments of equal size
   * @param parity p segments of that size, overwritten
   */
  void encode(List<MemorySegment> data, List<MemorySegment> parity);

  /**
   * Computes the wanted shards from those present.
   *
   * @param shards d+p segments of equal size; those neither present nor wanted are not looked at,
   *     but for their size
   * @param present at least d shards whose bytes are right; the first d of them are used
   * @param wanted shards to overwrite, none of them present
   */
  void reconstruct(List<MemorySegment> shards, BitSet present, BitSet wanted);
}
