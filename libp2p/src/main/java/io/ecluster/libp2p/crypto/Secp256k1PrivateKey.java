package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import java.math.BigInteger;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

final class Secp256k1PrivateKey implements PrivateKey {
  private static final int BYTES = 32;

  private final byte[] data;
  private final ECPrivateKeyParameters key;
  private final Secp256k1PublicKey publicKey;

  Secp256k1PrivateKey(byte[] data) {
    if (data.length != BYTES) {
      throw new FormatException("secp256k1 private key of " + data.length + " bytes, not " + BYTES);
    }
    this.data = data.clone();
    BigInteger scalar = new BigInteger(1, data);
    try {
      key = new ECPrivateKeyParameters(scalar, Secp256k1.DOMAIN);
    } catch (IllegalArgumentException e) {
      throw new FormatException("secp256k1 private key is out of range", e);
    }
    publicKey = new Secp256k1PublicKey(Secp256k1.DOMAIN.getG().multiply(scalar).getEncoded(true));
  }

  @Override
  public PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public byte[] sign(byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, key);
    BigInteger[] rs = signer.generateSignature(HashFunction.SHA2_256.hash(message).digest());
    return Secp256k1.encodeSignature(rs[0], rs[1]);
  }

  @Override
  public byte[] data() {
    return data.clone();
  }
}
