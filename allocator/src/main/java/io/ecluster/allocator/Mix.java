package io.ecluster.allocator;

import io.ecluster.multiformats.PeerId;

/** A hash that is the same on every machine and spreads small differences over all bits. */
final class Mix {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Mix() {}

  static long of(long seed, int column, PeerId peer) {
    long hash = FNV_OFFSET;
    for (byte b : peer.toBytes()) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return finish(finish(finish(hash) + seed) + column);
  }

  /** The finalizer of SplitMix64. */
  private static long finish(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
