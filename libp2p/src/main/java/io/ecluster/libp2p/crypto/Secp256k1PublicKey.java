package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

final class Secp256k1PublicKey implements PublicKey {
  private final byte[] data;
  private final ECPublicKeyParameters key;

  Secp256k1PublicKey(byte[] data) {
    this.data = data.clone();
    this.key = new ECPublicKeyParameters(Secp256k1.point(data), Secp256k1.DOMAIN);
  }

  @Override
  public KeyType type() {
    return KeyType.SECP256K1;
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean verify(byte[] message, byte[] signature) {
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, key);
    try {
      BigInteger[] rs = Secp256k1.decodeSignature(signature);
      return verifier.verifySignature(HashFunction.SHA2_256.hash(message).digest(), rs[0], rs[1]);
    } catch (FormatException e) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secp256k1PublicKey that && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }
}
