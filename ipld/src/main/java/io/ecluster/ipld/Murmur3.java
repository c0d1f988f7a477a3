package io.ecluster.ipld;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** MurmurHash3 x64 128 with seed 0, of which sharded folders use the first 64 bits. */
final class Murmur3 {
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private Murmur3() {}

  static long hash64(byte[] data) {
    ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    long h1 = 0;
    long h2 = 0;
    while (in.remaining() >= 2 * Long.BYTES) {
      h1 = Long.rotateLeft(h1 ^ first(in.getLong()), 27) + h2;
      h1 = h1 * 5 + 0x52dce729;
      h2 = Long.rotateLeft(h2 ^ second(in.getLong()), 31) + h1;
      h2 = h2 * 5 + 0x38495ab5;
    }
    h1 ^= first(tail(in));
    h2 ^= second(tail(in));
    h1 ^= data.length;
    h2 ^= data.length;
    h1 += h2;
    h2 += h1;
    return mixed(h1) + mixed(h2);
  }

  private static long first(long word) {
    return Long.rotateLeft(word * C1, 31) * C2;
  }

  private static long second(long word) {
    return Long.rotateLeft(word * C2, 33) * C1;
  }

  /** Up to eight of the bytes that are left, as a number; 0 when there are none. */
  private static long tail(ByteBuffer in) {
    long word = 0;
    for (int shift = 0; shift < Long.SIZE && in.hasRemaining(); shift += Byte.SIZE) {
      word |= (in.get() & 0xffL) << shift;
    }
    return word;
  }

  private static long mixed(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
