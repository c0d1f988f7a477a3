package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

final class Ed25519PublicKey implements PublicKey {
  static final int BYTES = 32;

  private final byte[] data;
  private final Ed25519PublicKeyParameters key;

  Ed25519PublicKey(byte[] data) {
    if (data.length != BYTES) {
      throw new FormatException("Ed25519 public key of " + data.length + " bytes, not " + BYTES);
    }
    this.data = data.clone();
    this.key = parameters(data);
  }

  private static Ed25519PublicKeyParameters parameters(byte[] data) {
    try {
      return new Ed25519PublicKeyParameters(data);
    } catch (IllegalArgumentException e) {
      throw new FormatException("Ed25519 public key is not a point of the curve", e);
    }
  }

  @Override
  public KeyType type() {
    return KeyType.ED25519;
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean verify(byte[] message, byte[] signature) {
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, key);
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519PublicKey that && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }
}
