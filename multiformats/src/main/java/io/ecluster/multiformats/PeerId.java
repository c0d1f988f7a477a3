package io.ecluster.multiformats;

/** The identity of a libp2p peer: the multihash of its public key. */
public record PeerId(Multihash hash) implements Comparable<PeerId> {
  /** Public keys up to this size are their own hash, so that the id carries the key. */
  private static final int MAX_INLINE_KEY_BYTES = 42;

  /** The id of the peer whose public-key protobuf is {@code publicKey}. */
  public static PeerId ofPublicKey(byte[] publicKey) {
    return new PeerId(
        publicKey.length <= MAX_INLINE_KEY_BYTES
            ? Multihash.of(Multihash.IDENTITY, publicKey)
            : HashFunction.SHA2_256.hash(publicKey));
  }

  /**
   * Parses the binary form, a bare multihash.
   *
   * @throws FormatException if it is malformed
   */
  public static PeerId fromBytes(byte[] bytes) {
    return new PeerId(Multihash.fromBytes(bytes));
  }

  /**
   * Parses base58 ({@code 12D3KooW…}, {@code Qm…}) or a libp2p-key CID ({@code k51…}, {@code
   * bafz…}).
   *
   * @throws FormatException if it is neither
   */
  public static PeerId parse(String text) {
    if (text.startsWith("1") || text.startsWith("Qm")) {
      return fromBytes(Multibase.BASE58BTC.decode(text));
    }
    Cid cid = Cid.parse(text);
    if (cid.codec() != Multicodec.LIBP2P_KEY) {
      throw new FormatException("not a peer id: " + text);
    }
    return new PeerId(cid.hash());
  }

  public byte[] toBytes() {
    return hash.toBytes();
  }

  @Override
  public int compareTo(PeerId other) {
    return hash.compareTo(other.hash);
  }

  @Override
  public String toString() {
    return hash.toBase58();
  }
}
