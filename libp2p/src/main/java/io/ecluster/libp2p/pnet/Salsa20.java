package io.ecluster.libp2p.pnet;

/**
 * The Salsa20 keystream from a state of sixteen words, of which words 8 and 9 count blocks. Made in
 * batches; an instance has scratch space and belongs to one thread at a time.
 */
interface Salsa20 {
  int BLOCK_BYTES = 64;

  /** How many bytes one call handles: some blocks. */
  int batchBytes();

  /** XORs the next batch of keystream over bytes and moves the counter. */
  void xorBatch(int[] state, byte[] bytes, int offset);

  /** Moves the 64-bit block counter. */
  static void advance(int[] state, int blocks) {
    long counter = Integer.toUnsignedLong(state[8]) | ((long) state[9] << 32);
    counter += blocks;
    state[8] = (int) counter;
    state[9] = (int) (counter >>> 32);
  }
}
