package io.ecluster.multiformats;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/**
 * The hash functions a multihash may name and that we can compute: those that Kubo takes blocks of.
 * Others only pass through. There is one instance a function.
 */
public final class HashFunction {
  public static final HashFunction SHA2_256 = jdk(0x12, "sha2-256", 32, "SHA-256");
  public static final HashFunction SHA2_512 = jdk(0x13, "sha2-512", 64, "SHA-512");
  public static final HashFunction BLAKE3 = other(0x1e, "blake3", 32, () -> new Blake3Digest(256));

  /** The number of blake2b of one byte; that of n bytes is n − 1 more. */
  private static final long BLAKE2B_FIRST = 0xb201;

  private static final String BLAKE2B = "blake2b-";
  private static final int BLAKE2B_MAX_BYTES = 64;

  /** Kubo takes no shorter digest for safe. */
  private static final int BLAKE2B_MIN_BYTES = 20;

  /** What Go calls sha3 without a length. */
  private static final String SHA3_ALIAS = "sha3";

  private static final Map<Long, HashFunction> BY_CODE = new HashMap<>();
  private static final Map<String, HashFunction> BY_NAME = new HashMap<>();

  static {
    for (HashFunction function : all()) {
      BY_CODE.put(function.code, function);
      BY_NAME.put(function.text, function);
    }
    BY_NAME.put(SHA3_ALIAS, byName("sha3-512").orElseThrow());
  }

  private final long code;
  private final String text;
  private final int digestBytes;
  private final Algorithm algorithm;

  private HashFunction(long code, String text, int digestBytes, Algorithm algorithm) {
    this.code = code;
    this.text = text;
    this.digestBytes = digestBytes;
    this.algorithm = algorithm;
  }

  /** Computes digests. */
  private interface Algorithm {
    byte[] digest(byte[] data, int from, int length);
  }

  private static List<HashFunction> all() {
    List<HashFunction> all = new ArrayList<>(List.of(SHA2_256, SHA2_512, BLAKE3));
    all.add(jdk(0x11, "sha1", 20, "SHA-1"));
    all.add(jdk(0x14, "sha3-512", 64, "SHA3-512"));
    all.add(jdk(0x15, "sha3-384", 48, "SHA3-384"));
    all.add(jdk(0x16, "sha3-256", 32, "SHA3-256"));
    all.add(jdk(0x17, "sha3-224", 28, "SHA3-224"));
    all.add(other(0x19, "shake-256", 64, () -> new SHAKEDigest(256)));
    all.add(other(0x1b, "keccak-256", 32, () -> new KeccakDigest(256)));
    all.add(other(0x1d, "keccak-512", 64, () -> new KeccakDigest(512)));
    all.add(twice(0x56, "dbl-sha2-256", SHA2_256));
    for (int n = BLAKE2B_MIN_BYTES; n <= BLAKE2B_MAX_BYTES; n++) {
      int bits = n * Byte.SIZE;
      all.add(other(BLAKE2B_FIRST + n - 1, BLAKE2B + bits, n, () -> new Blake2bDigest(bits)));
    }
    all.add(other(0xb260, "blake2s-256", 32, () -> new Blake2sDigest(256)));
    return all;
  }

  private static HashFunction jdk(long code, String text, int digestBytes, String algorithm) {
    return new HashFunction(
        code,
        text,
        digestBytes,
        (data, from, length) -> {
          MessageDigest digest = digest(algorithm);
          digest.update(data, from, length);
          return digest.digest();
        });
  }

  private static HashFunction other(
      long code, String text, int digestBytes, Supplier<Digest> digests) {
    return new HashFunction(
        code,
        text,
        digestBytes,
        (data, from, length) -> {
          Digest digest = digests.get();
          digest.update(data, from, length);
          byte[] out = new byte[digestBytes];
          digest.doFinal(out, 0);
          return out;
        });
  }

  private static HashFunction twice(long code, String text, HashFunction once) {
    return new HashFunction(
        code,
        text,
        once.digestBytes,
        (data, from, length) ->
            once.algorithm.digest(once.algorithm.digest(data, from, length), 0, once.digestBytes));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  /** The multicodec number. */
  public long code() {
    return code;
  }

  /** The multicodec name, such as {@code sha2-256}. */
  public String text() {
    return text;
  }

  public int digestBytes() {
    return digestBytes;
  }

  /** Hashes {@code data[from, to)}. */
  public Multihash hash(byte[] data, int from, int to) {
    return Multihash.of(code, algorithm.digest(data, from, to - from));
  }

  /** Hashes all of {@code data}. */
  public Multihash hash(byte[] data) {
    return hash(data, 0, data.length);
  }

  /**
   * Hashes several blocks. For sixteen or so of one length this can be half as fast again as one by
   * one, on processors with wide vectors; what to hash at once is the caller's choice.
   */
  public List<Multihash> hashAll(List<byte[]> blocks) {
    return this == SHA2_256
        ? BatchSha256.SHARED.hash(blocks)
        : blocks.stream().map(this::hash).toList();
  }

  /** Whether a multihash has this function's number and length. */
  boolean made(Multihash hash) {
    return hash.code() == code && hash.digestLength() == digestBytes;
  }

  /** The function with this multicodec number, if we can compute it. */
  public static Optional<HashFunction> byCode(long code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /** The function with this multicodec name, if we can compute it. */
  public static Optional<HashFunction> byName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The names of all functions, and of the alias {@code sha3}. */
  public static List<String> names() {
    return BY_NAME.keySet().stream().sorted().toList();
  }

  /** All names in one sentence, for error messages. */
  public static String summary() {
    return names().stream()
        .filter(name -> !name.startsWith(BLAKE2B))
        .collect(Collectors.joining(", ", "", " and " + BLAKE2B + "160 to " + BLAKE2B + "512"));
  }

  @Override
  public String toString() {
    return text;
  }
}
