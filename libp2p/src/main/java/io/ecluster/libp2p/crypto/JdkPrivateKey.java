package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** An RSA key from PKCS#1 or an ECDSA key from SEC1: the forms that Go writes. */
final class JdkPrivateKey implements PrivateKey {
  private final byte[] data;
  private final java.security.PrivateKey key;
  private final PublicKey publicKey;

  private JdkPrivateKey(byte[] data, java.security.PrivateKey key, PublicKey publicKey) {
    this.data = data.clone();
    this.key = key;
    this.publicKey = publicKey;
  }

  static JdkPrivateKey parseRsa(byte[] pkcs1) {
    return parse(
        KeyType.RSA,
        pkcs1,
        () -> {
          RSAPrivateKey rsa = RSAPrivateKey.getInstance(pkcs1);
          AlgorithmIdentifier algorithm =
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
          ASN1Encodable point = new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent());
          return new Parts(
              new PrivateKeyInfo(algorithm, rsa), new SubjectPublicKeyInfo(algorithm, point));
        });
  }

  static JdkPrivateKey parseEcdsa(byte[] sec1) {
    return parse(
        KeyType.ECDSA,
        sec1,
        () -> {
          ECPrivateKey ec = ECPrivateKey.getInstance(ASN1Sequence.getInstance(sec1));
          ASN1ObjectIdentifier curve = ASN1ObjectIdentifier.getInstance(ec.getParametersObject());
          AlgorithmIdentifier algorithm =
              new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
          return new Parts(
              new PrivateKeyInfo(algorithm, ec),
              new SubjectPublicKeyInfo(algorithm, point(ec, curve)));
        });
  }

  private static byte[] point(ECPrivateKey key, ASN1ObjectIdentifier curve) {
    ASN1BitString stated = key.getPublicKey();
    if (stated != null) {
      return stated.getOctets();
    }
    X9ECParameters parameters = ECNamedCurveTable.getByOID(curve);
    BigInteger scalar = key.getKey();
    return parameters.getG().multiply(scalar).getEncoded(false);
  }

  /** The two standard wrappers the JDK reads. */
  private record Parts(PrivateKeyInfo secret, SubjectPublicKeyInfo open) {}

  private interface Unwrap {
    Parts get() throws IOException;
  }

  private static JdkPrivateKey parse(KeyType type, byte[] data, Unwrap unwrap) {
    try {
      Parts parts = unwrap.get();
      java.security.PrivateKey key =
          KeyFactory.getInstance(JdkPublicKey.algorithm(type))
              .generatePrivate(new PKCS8EncodedKeySpec(parts.secret().getEncoded("DER")));
      return new JdkPrivateKey(data, key, JdkPublicKey.parse(type, parts.open().getEncoded("DER")));
    } catch (FormatException e) {
      throw e;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Bouncy Castle has many ways to say that bytes are not what they should be.
      throw new FormatException("not an " + type + " private key", e);
    }
  }

  @Override
  public PublicKey publicKey() {
    return publicKey;
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signer = Signature.getInstance(JdkPublicKey.signatureAlgorithm(publicKey.type()));
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with a key that was loaded", e);
    }
  }

  @Override
  public byte[] data() {
    return data.clone();
  }
}
