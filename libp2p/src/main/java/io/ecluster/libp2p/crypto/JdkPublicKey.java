package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** An RSA or ECDSA key, which the JDK handles. */
final class JdkPublicKey implements PublicKey {
  /** Weaker keys are refused, as Go does; larger ones would let a peer burn our time. */
  private static final int MIN_RSA_BITS = 2048;

  private static final int MAX_RSA_BITS = 8192;

  private final KeyType type;
  private final byte[] data;
  private final java.security.PublicKey key;

  private JdkPublicKey(KeyType type, byte[] data, java.security.PublicKey key) {
    this.type = type;
    this.data = data;
    this.key = key;
  }

  static JdkPublicKey parse(KeyType type, byte[] data) {
    try {
      java.security.PublicKey key =
          KeyFactory.getInstance(algorithm(type)).generatePublic(new X509EncodedKeySpec(data));
      requireStrength(key);
      return new JdkPublicKey(type, data.clone(), key);
    } catch (GeneralSecurityException e) {
      throw new FormatException("not an " + type + " public key", e);
    }
  }

  static String algorithm(KeyType type) {
    return type == KeyType.RSA ? "RSA" : "EC";
  }

  static String signatureAlgorithm(KeyType type) {
    return type == KeyType.RSA ? "SHA256withRSA" : "SHA256withECDSA";
  }

  private static void requireStrength(java.security.PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw new FormatException(
            "RSA key of " + bits + " bits, not " + MIN_RSA_BITS + " to " + MAX_RSA_BITS);
      }
    }
  }

  @Override
  public KeyType type() {
    return type;
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean verify(byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(signatureAlgorithm(type));
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + signatureAlgorithm(type), e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JdkPublicKey that
        && type == that.type
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }
}
