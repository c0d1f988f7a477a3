package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

final class Ed25519PrivateKey implements PrivateKey {
  static final int SEED_BYTES = 32;

  private final Ed25519PrivateKeyParameters key;
  private final Ed25519PublicKey publicKey;

  Ed25519PrivateKey(byte[] seed) {
    key = new Ed25519PrivateKeyParameters(seed);
    publicKey = new Ed25519PublicKey(key.generatePublicKey().getEncoded());
  }

  /** Seed and public key; a legacy form repeats the public key. */
  static Ed25519PrivateKey parse(byte[] data) {
    if (data.length != 64 && data.length != 96) {
      throw new FormatException("Ed25519 private key of " + data.length + " bytes, not 64 or 96");
    }
    Ed25519PrivateKey parsed = new Ed25519PrivateKey(Arrays.copyOf(data, SEED_BYTES));
    for (int at = SEED_BYTES; at < data.length; at += Ed25519PublicKey.BYTES) {
      parsed.requirePublic(Arrays.copyOfRange(data, at, at + Ed25519PublicKey.BYTES));
    }
    return parsed;
  }

  private void requirePublic(byte[] stated) {
    if (!Arrays.equals(stated, publicKey.data())) {
      throw new FormatException("Ed25519 private key does not fit the public key beside it");
    }
  }

  @Override
  public PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public byte[] sign(byte[] message) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  @Override
  public byte[] data() {
    byte[] data = Arrays.copyOf(key.getEncoded(), SEED_BYTES + Ed25519PublicKey.BYTES);
    System.arraycopy(publicKey.data(), 0, data, SEED_BYTES, Ed25519PublicKey.BYTES);
    return data;
  }
}
