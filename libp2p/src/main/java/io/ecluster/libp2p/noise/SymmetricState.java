package io.ecluster.libp2p.noise;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The running hash and chaining key of a handshake, as the Noise specification defines them. */
final class SymmetricState {
  /** Exactly 32 bytes, so that it is its own hash as the specification has it. */
  private static final byte[] NAME = "Noise_XX_25519_ChaChaPoly_SHA256".getBytes(US_ASCII);

  private byte[] chainingKey = NAME;
  private byte[] hash;
  private @Nullable CipherState cipher;

  SymmetricState() {
    hash = NAME;
    mixHash(new byte[0]); // libp2p has no prologue
  }

  void mixHash(byte[] data) {
    hash = sha256(hash, data);
  }

  void mixKey(byte[] secret) {
    byte[][] keys = expand(secret);
    chainingKey = keys[0];
    cipher = new CipherState(keys[1]);
  }

  byte[] encryptAndHash(byte[] plaintext) {
    byte[] sealed = cipher == null ? plaintext : cipher.encrypt(hash, plaintext);
    mixHash(sealed);
    return sealed;
  }

  byte[] decryptAndHash(byte[] sealed) throws NoiseException {
    byte[] plaintext = cipher == null ? sealed : cipher.decrypt(hash, sealed, 0, sealed.length);
    mixHash(sealed);
    return plaintext;
  }

  /** The keys of the two directions, the initiator's first. */
  CipherState[] split() {
    byte[][] keys = expand(new byte[0]);
    return new CipherState[] {new CipherState(keys[0]), new CipherState(keys[1])};
  }

  byte[] hash() {
    return hash.clone();
  }

  private byte[][] expand(byte[] secret) {
    byte[] temporary = hmac(chainingKey, secret);
    byte[] first = hmac(temporary, new byte[] {1});
    byte[] next = Arrays.copyOf(first, first.length + 1);
    next[first.length] = 2;
    return new byte[][] {first, hmac(temporary, next)};
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] sha256(byte[] first, byte[] second) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(first);
      return digest.digest(second);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
