package io.ecluster.recovery;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.nio.ByteBuffer;

/**
 * The keys of the index of coded blocks. Codings are numbered; a number is never used again, so
 * that entries of a coding that is gone can stay until somebody clears them away.
 */
final class IndexKeys {
  /** Which format the index is in. */
  static final byte[] VERSION = {'v'};

  /** How many entries there are, and how many of them belong to codings that are gone. */
  static final byte[] SIZE = {'s'};

  /** The number of the next coding. */
  static final byte[] NEXT = {'n'};

  static final byte[] BLOCKS = {'b'};
  static final byte[] CODINGS = {'c'};

  /** So much of a digest tells blocks of one coding apart; what is found is looked at anyway. */
  private static final int DIGEST_BYTES = 8;

  private IndexKeys() {}

  /** A coding by its number. */
  static byte[] coding(int number) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 'c').putInt(number).array();
  }

  static int codingOf(byte[] key) {
    return ByteBuffer.wrap(key, 1, Integer.BYTES).getInt();
  }

  /** The number of a coding by its manifest. */
  static byte[] manifest(Cid manifest) {
    return named('m', manifest).array();
  }

  /** All codings of a root. */
  static byte[] root(Cid root) {
    return named('r', root).array();
  }

  static byte[] root(Cid root, int number) {
    byte[] prefix = root(root);
    return ByteBuffer.allocate(prefix.length + Integer.BYTES).put(prefix).putInt(number).array();
  }

  static int codingOfRoot(byte[] key) {
    return ByteBuffer.wrap(key, key.length - Integer.BYTES, Integer.BYTES).getInt();
  }

  private static ByteBuffer named(char kind, Cid cid) {
    byte[] bytes = cid.toBytes();
    return ByteBuffer.allocate(1 + bytes.length).put((byte) kind).put(bytes);
  }

  /** The groups of a coding that are in the index. */
  static byte[] groups(int number) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 'g').putInt(number).array();
  }

  static byte[] group(int number, int group) {
    return ByteBuffer.allocate(1 + 2 * Integer.BYTES)
        .put((byte) 'g')
        .putInt(number)
        .putInt(group)
        .array();
  }

  /** A block in any coding. */
  static byte[] block(Multihash hash) {
    return digest(hash, 0).array();
  }

  /** The latest coding is first: of the older ones some may be gone. */
  static byte[] block(Multihash hash, int number) {
    return digest(hash, Integer.BYTES).putInt(~number).array();
  }

  static int codingOfBlock(byte[] key) {
    return ~ByteBuffer.wrap(key, 1 + DIGEST_BYTES, Integer.BYTES).getInt();
  }

  private static ByteBuffer digest(Multihash hash, int more) {
    byte[] digest = hash.digest();
    int used = Math.min(DIGEST_BYTES, digest.length);
    return ByteBuffer.allocate(1 + DIGEST_BYTES + more)
        .put((byte) 'b')
        .put(digest, 0, used)
        .position(1 + DIGEST_BYTES);
  }
}
