package io.ecluster.multiformats;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A hash together with the number of the function that made it. Immutable. */
public final class Multihash implements Comparable<Multihash> {
  /** The "hash" that is the data itself. */
  public static final long IDENTITY = 0x00;

  /** The longest digest accepted, also for identity hashes: the limit that Kubo sets. */
  public static final int MAX_DIGEST_BYTES = 128;

  private final byte[] bytes;
  private final long code;
  private final int digestOffset;

  private Multihash(byte[] bytes, long code, int digestOffset) {
    this.bytes = bytes;
    this.code = code;
    this.digestOffset = digestOffset;
  }

  /** A multihash of a digest that was computed elsewhere. */
  public static Multihash of(long code, byte[] digest) {
    requireDigestLength(digest.length);
    int head = Varint.size(code) + Varint.size(digest.length);
    ByteBuffer out = ByteBuffer.allocate(head + digest.length);
    Varint.put(out, code);
    Varint.put(out, digest.length);
    out.put(digest);
    return new Multihash(out.array(), code, head);
  }

  /**
   * Parses exactly one multihash.
   *
   * @throws FormatException if it is malformed or bytes follow it
   */
  public static Multihash fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Multihash hash = read(in);
    if (in.hasRemaining()) {
      throw new FormatException(in.remaining() + " bytes follow the multihash");
    }
    return hash;
  }

  /**
   * Reads one multihash and leaves the position behind it.
   *
   * @throws FormatException if it is malformed
   */
  public static Multihash read(ByteBuffer in) {
    int start = in.position();
    long code = Varint.get(in);
    long length = Varint.get(in);
    requireDigestLength(length);
    int head = in.position() - start;
    if (in.remaining() < length) {
      throw new FormatException(
          "multihash is cut short: " + in.remaining() + " of " + length + " digest bytes");
    }
    byte[] bytes = new byte[head + (int) length];
    in.get(start, bytes);
    in.position(start + bytes.length);
    return new Multihash(bytes, code, head);
  }

  /** The multicodec number of the hash function. */
  public long code() {
    return code;
  }

  public boolean isIdentity() {
    return code == IDENTITY;
  }

  /** A copy of the digest without its header. */
  public byte[] digest() {
    return Arrays.copyOfRange(bytes, digestOffset, bytes.length);
  }

  /** A copy of the whole multihash. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  public int size() {
    return bytes.length;
  }

  int digestLength() {
    return bytes.length - digestOffset;
  }

  /**
   * Whether this is the hash of {@code data}.
   *
   * @throws FormatException if the hash function is one we cannot compute
   */
  public boolean matches(byte[] data) {
    if (isIdentity()) {
      return Arrays.equals(bytes, digestOffset, bytes.length, data, 0, data.length);
    }
    HashFunction function =
        HashFunction.byCode(code)
            .orElseThrow(() ->
                new FormatException("cannot compute hash function 0x" + Long.toHexString(code)));
    return equals(function.hash(data));
  }

  /** Base58btc, the text form of a CIDv0 and of a peer id. */
  public String toBase58() {
    return Multibase.BASE58BTC.encode(bytes);
  }

  @Override
  public int compareTo(Multihash other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multihash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return toBase58();
  }

  private static void requireDigestLength(long length) {
    if (length > MAX_DIGEST_BYTES) {
      throw new FormatException(
          "digest of " + length + " bytes; at most " + MAX_DIGEST_BYTES + " are accepted");
    }
  }
}
