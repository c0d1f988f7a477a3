package io.ecluster.ipfs.bitswap;

/**
 * How many blocks to ask for at a time, so that they are about as many bytes whatever their size.
 * Not thread-safe.
 */
final class Windows {
  /** Of one fetch: what may have to be held in memory for a slow caller. */
  private static final long FETCH_BYTES = 64L << 20;

  private static final int MIN_FETCH_BLOCKS = 32;

  /** Kubo keeps 1024 wants of a peer; two fetches at once shall not lose any. */
  private static final int MAX_FETCH_BLOCKS = 512;

  /** Of one peer: a quarter of a second at 64 MB/s. */
  private static final long PEER_BYTES = 16L << 20;

  private static final int MIN_PEER_BLOCKS = 8;

  /**
   * Go sends each block from 16 KiB up on a stream of its own, and drops without a word what
   * exceeds the 128 streams that its resource manager grants for a protocol and peer: seen with
   * boxo 0.40, which lets go of a stream before it is closed.
   */
  static final int MAX_PEER_BLOCKS = 64;

  private double averageBytes = 256 * 1024;

  void arrived(int bytes) {
    averageBytes += (Math.max(1, bytes) - averageBytes) / 16;
  }

  int fetchBlocks() {
    return blocks(FETCH_BYTES, MIN_FETCH_BLOCKS, MAX_FETCH_BLOCKS);
  }

  int peerBlocks() {
    return blocks(PEER_BYTES, MIN_PEER_BLOCKS, MAX_PEER_BLOCKS);
  }

  private int blocks(long bytes, int least, int most) {
    return Math.clamp(Math.round(bytes / averageBytes), least, most);
  }
}
