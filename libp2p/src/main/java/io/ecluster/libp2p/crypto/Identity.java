package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.security.SecureRandom;
import java.util.Base64;

/** Who a peer is: its private key and the peer id that follows from it. */
public final class Identity {
  private final PrivateKey key;
  private final PeerId id;

  private Identity(PrivateKey key) {
    this.key = key;
    this.id = key.publicKey().peerId();
  }

  /** A new Ed25519 identity. */
  public static Identity generate(SecureRandom random) {
    byte[] seed = new byte[Ed25519PrivateKey.SEED_BYTES];
    random.nextBytes(seed);
    return fromEd25519Seed(seed);
  }

  /** The Ed25519 identity of a 32-byte seed. */
  public static Identity fromEd25519Seed(byte[] seed) {
    if (seed.length != Ed25519PrivateKey.SEED_BYTES) {
      throw new FormatException("Ed25519 seed of " + seed.length + " bytes, not 32");
    }
    return new Identity(new Ed25519PrivateKey(seed));
  }

  /**
   * The identity of a private key in libp2p's protobuf form.
   *
   * @throws FormatException if it is malformed
   */
  public static Identity fromPrivateKeyProtobuf(byte[] bytes) {
    return new Identity(PrivateKey.fromProtobuf(bytes));
  }

  /**
   * The identity of a private key as identity.json has it: the protobuf in padded base64.
   *
   * @throws FormatException if it is malformed
   */
  public static Identity fromPrivateKeyBase64(String text) {
    try {
      return fromPrivateKeyProtobuf(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new FormatException("private key is not base64", e);
    }
  }

  public PeerId id() {
    return id;
  }

  public PublicKey publicKey() {
    return key.publicKey();
  }

  public byte[] sign(byte[] message) {
    return key.sign(message);
  }

  /** The private key for identity.json. */
  public String privateKeyBase64() {
    return Base64.getEncoder().encodeToString(key.toProtobuf());
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "Identity[" + id + "]";
  }
}
