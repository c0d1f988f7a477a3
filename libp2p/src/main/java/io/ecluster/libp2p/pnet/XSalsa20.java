package io.ecluster.libp2p.pnet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * XSalsa20: Salsa20/20 under a key that HSalsa20 derives from the first 16 bytes of the nonce.
 * Holds the keystream of one direction at the position it has reached; for one thread at a time.
 * (D. J. Bernstein, "Extending the Salsa20 nonce", 2011.)
 */
final class XSalsa20 {
  static final int NONCE_BYTES = 24;

  /** A full batch on the widest vectors. */
  private static final int LONG_RUN_BYTES = 1024;

  /** "expand 32-byte k" as four little-endian words. */
  private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private final Salsa20 scalar = new ScalarSalsa20();
  private final IntPredicate useVectors;
  private @Nullable Salsa20 vector;
  private final int[] state;

  /** The rest of a block of keystream, from {@link #used} on. */
  private final byte[] rest = new byte[Salsa20.BLOCK_BYTES];

  private int used = rest.length;

  XSalsa20(byte[] key, byte[] nonce) {
    this(key, nonce, SalsaChoice::vectors);
  }

  /**
   * @param useVectors asked before every long run, with its bytes
   */
  XSalsa20(byte[] key, byte[] nonce, IntPredicate useVectors) {
    ByteBuffer in = ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN);
    int[] subkey = hsalsa(words(key), in);
    this.state = state(subkey, in.getInt(16), in.getInt(20), 0, 0);
    this.useVectors = useVectors;
  }

  private static int[] hsalsa(int[] key, ByteBuffer nonce) {
    int[] mixed = new int[16];
    ScalarSalsa20.rounds(
        state(key, nonce.getInt(0), nonce.getInt(4), nonce.getInt(8), nonce.getInt(12)), mixed);
    return new int[] {
      mixed[0], mixed[5], mixed[10], mixed[15], mixed[6], mixed[7], mixed[8], mixed[9]
    };
  }

  private static int[] words(byte[] key) {
    int[] words = new int[8];
    ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    return words;
  }

  private static int[] state(int[] key, int n0, int n1, int n2, int n3) {
    return new int[] {
      SIGMA[0], key[0], key[1], key[2], key[3], SIGMA[1], n0, n1, n2, n3, SIGMA[2], key[4], key[5],
      key[6], key[7], SIGMA[3]
    };
  }

  /** Enciphers or deciphers in place. */
  void apply(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset + useRest(bytes, offset, end);
    if (end - at >= LONG_RUN_BYTES && useVectors.test(end - at)) {
      at = batches(vector(), bytes, at, end);
    }
    at = batches(scalar, bytes, at, end);
    if (at < end) {
      Arrays.fill(rest, (byte) 0);
      scalar.xorBatch(state, rest, 0);
      used = 0;
      useRest(bytes, at, end);
    }
  }

  private int batches(Salsa20 salsa, byte[] bytes, int offset, int end) {
    int at = offset;
    for (; end - at >= salsa.batchBytes(); at += salsa.batchBytes()) {
      salsa.xorBatch(state, bytes, at);
    }
    return at;
  }

  private Salsa20 vector() {
    Salsa20 made = vector;
    if (made == null) {
      made = new VectorSalsa20();
      vector = made;
    }
    return made;
  }

  private int useRest(byte[] bytes, int offset, int end) {
    int count = Math.min(rest.length - used, end - offset);
    for (int i = 0; i < count; i++) {
      bytes[offset + i] ^= rest[used + i];
    }
    used += count;
    return count;
  }
}
