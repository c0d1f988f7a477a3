package io.ecluster.multiformats;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A set of multihashes that keeps 16 bytes of each, so that marking a big store fits in memory: 22
 * to 43 bytes an entry, some 150 MB for 4 million blocks (1 TiB). Two of 2^32 blocks share those 16
 * bytes with a chance of 2^-65; the harm would be a block taken for one already seen. Open
 * addressing, at most three quarters full. Safe for use by many threads.
 */
public final class FingerprintSet {
  private static final int MIN_SLOTS = 64;
  private static final int WORDS = 2;

  private final ReentrantLock lock = new ReentrantLock();
  private long[] table = new long[MIN_SLOTS * WORDS];
  private int size;

  /** Adds a block, whatever its codec; true if it is new. */
  public boolean add(Multihash hash) {
    return insert(words(hash, 0));
  }

  /** Adds a block read under a certain codec; true if it is new under this codec. */
  public boolean add(Cid cid) {
    return insert(words(cid.hash(), cid.codec()));
  }

  public boolean contains(Multihash hash) {
    long[] words = words(hash, 0);
    lock.lock();
    try {
      return table[slot(table, words[0], words[1])] != 0;
    } finally {
      lock.unlock();
    }
  }

  public int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  private boolean insert(long[] words) {
    lock.lock();
    try {
      int slot = slot(table, words[0], words[1]);
      if (table[slot] != 0) {
        return false;
      }
      table[slot] = words[0];
      table[slot + 1] = words[1];
      size++;
      growIfCrowded();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void growIfCrowded() {
    if (size * 4L <= table.length / WORDS * 3L) {
      return;
    }
    long[] larger = new long[Math.multiplyExact(table.length, 2)];
    for (int i = 0; i < table.length; i += WORDS) {
      if (table[i] != 0) {
        int slot = slot(larger, table[i], table[i + 1]);
        larger[slot] = table[i];
        larger[slot + 1] = table[i + 1];
      }
    }
    table = larger;
  }

  /** Where these words are, or the empty slot where they belong. */
  private static int slot(long[] table, long first, long second) {
    int mask = table.length / WORDS - 1;
    int at = (int) (((first ^ second) * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (holdsOther(table, at * WORDS, first, second)) {
      at = (at + 1) & mask;
    }
    return at * WORDS;
  }

  private static boolean holdsOther(long[] table, int slot, long first, long second) {
    return table[slot] != 0 && (table[slot] != first || table[slot + 1] != second);
  }

  /** The first word is never zero: zero marks an empty slot. */
  private static long[] words(Multihash hash, long codec) {
    ByteBuffer digest = ByteBuffer.wrap(Arrays.copyOf(hash.digest(), Long.BYTES * WORDS));
    long first = digest.getLong() ^ (hash.code() << 32 | codec);
    return new long[] {first == 0 ? 1 : first, digest.getLong()};
  }
}
