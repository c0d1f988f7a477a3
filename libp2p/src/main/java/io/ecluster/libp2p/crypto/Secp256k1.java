package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;

/** The curve of Bitcoin, which the JDK does not have, and the DER form of its signatures. */
final class Secp256k1 {
  static final ECDomainParameters DOMAIN = domain();

  private Secp256k1() {}

  private static ECDomainParameters domain() {
    X9ECParameters curve = SECNamedCurves.getByName("secp256k1");
    return new ECDomainParameters(curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
  }

  static ECPoint point(byte[] compressed) {
    if (compressed.length != 33) {
      throw new FormatException("secp256k1 public key of " + compressed.length + " bytes, not 33");
    }
    try {
      return DOMAIN.validatePublicPoint(DOMAIN.getCurve().decodePoint(compressed));
    } catch (IllegalArgumentException e) {
      throw new FormatException("secp256k1 public key is not a point of the curve", e);
    }
  }

  static byte[] encodeSignature(BigInteger r, BigInteger s) {
    try {
      // Of the two equivalent values Go takes the lower one, so that signatures are unique.
      BigInteger low = s.min(DOMAIN.getN().subtract(s));
      return new DERSequence(new ASN1Integer[] {new ASN1Integer(r), new ASN1Integer(low)})
          .getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
  }

  /** The two numbers of a signature. */
  static BigInteger[] decodeSignature(byte[] der) {
    try {
      ASN1Sequence sequence = ASN1Sequence.getInstance(der);
      if (sequence.size() != 2) {
        throw new FormatException("signature of " + sequence.size() + " numbers, not 2");
      }
      return new BigInteger[] {
        ASN1Integer.getInstance(sequence.getObjectAt(0)).getPositiveValue(),
        ASN1Integer.getInstance(sequence.getObjectAt(1)).getPositiveValue()
      };
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw new FormatException("signature is not DER", e);
    }
  }
}
