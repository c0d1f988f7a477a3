package io.ecluster.multiformats;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A content identifier, version 0 or 1. Immutable; equal only if version, codec and hash are equal.
 */
public record Cid(int version, long codec, Multihash hash) implements Comparable<Cid> {
  private static final int V0_BYTES = 34;
  private static final int V0_TEXT_LENGTH = 46;

  public Cid {
    boolean v0 = version == 0 && codec == Multicodec.DAG_PB && HashFunction.SHA2_256.made(hash);
    if (version != 1 && !v0) {
      throw new FormatException(
          "CID version " + version + " with codec 0x" + Long.toHexString(codec));
    }
  }

  public static Cid v0(Multihash hash) {
    return new Cid(0, Multicodec.DAG_PB, hash);
  }

  public static Cid v1(long codec, Multihash hash) {
    return new Cid(1, codec, hash);
  }

  /** The raw-codec version 1 CID of the same multihash, under which shards carry any block. */
  public Cid rawAlias() {
    return version == 1 && codec == Multicodec.RAW ? this : v1(Multicodec.RAW, hash);
  }

  /**
   * Parses the binary form.
   *
   * @throws FormatException if it is malformed or bytes follow it
   */
  public static Cid fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Cid cid = read(in);
    if (in.hasRemaining()) {
      throw new FormatException(in.remaining() + " bytes follow the CID");
    }
    return cid;
  }

  /**
   * Reads one binary CID and leaves the position behind it.
   *
   * @throws FormatException if it is malformed
   */
  public static Cid read(ByteBuffer in) {
    if (startsLikeV0(in)) {
      return v0(Multihash.read(in));
    }
    long version = Varint.get(in);
    if (version != 1) {
      throw new FormatException("unknown CID version " + version);
    }
    return v1(Varint.get(in), Multihash.read(in));
  }

  /**
   * Parses the text form: base58 for version 0, any known multibase for version 1 and, as Go does,
   * for version 0 too.
   *
   * @throws FormatException if it is not a CID
   */
  public static Cid parse(String text) {
    if (text.length() == V0_TEXT_LENGTH && text.startsWith("Qm")) {
      return v0(Multihash.fromBytes(Multibase.BASE58BTC.decode(text)));
    }
    if (text.length() < 2) {
      throw new FormatException("cid too short");
    }
    return fromBytes(Multibase.decodeWithPrefix(text));
  }

  public byte[] toBytes() {
    if (version == 0) {
      return hash.toBytes();
    }
    ByteBuffer out = ByteBuffer.allocate(1 + Varint.size(codec) + hash.size());
    Varint.put(out, version);
    Varint.put(out, codec);
    return out.put(hash.toBytes()).array();
  }

  /** The text form in another base; version 0 has only base58. */
  public String toString(Multibase base) {
    return version == 0 ? hash.toBase58() : base.encodeWithPrefix(toBytes());
  }

  @Override
  public String toString() {
    return toString(Multibase.BASE32);
  }

  /** Orders by binary form, as sorted heads and links need it. */
  @Override
  public int compareTo(Cid other) {
    return Arrays.compareUnsigned(toBytes(), other.toBytes());
  }

  private static boolean startsLikeV0(ByteBuffer in) {
    int at = in.position();
    return in.remaining() >= V0_BYTES && in.get(at) == 0x12 && in.get(at + 1) == 0x20;
  }
}
