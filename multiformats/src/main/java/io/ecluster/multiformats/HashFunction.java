package io.ecluster.multiformats;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/** The hash functions a multihash may name and that we can compute; others only pass through. */
public enum HashFunction {
  SHA2_256(0x12, "sha2-256", 32, "SHA-256"),
  SHA2_512(0x13, "sha2-512", 64, "SHA-512");

  private final long code;
  private final String text;
  private final int digestBytes;
  private final String algorithm;

  HashFunction(long code, String text, int digestBytes, String algorithm) {
    this.code = code;
    this.text = text;
    this.digestBytes = digestBytes;
    this.algorithm = algorithm;
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
    MessageDigest digest = newDigest();
    digest.update(data, from, to - from);
    return Multihash.of(code, digest.digest());
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
    for (HashFunction function : values()) {
      if (function.code == code) {
        return Optional.of(function);
      }
    }
    return Optional.empty();
  }

  /** The function with this multicodec name, if we can compute it. */
  public static Optional<HashFunction> byName(String name) {
    for (HashFunction function : values()) {
      if (function.text.equals(name)) {
        return Optional.of(function);
      }
    }
    return Optional.empty();
  }

  private MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
