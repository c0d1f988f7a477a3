package io.ecluster.libp2p.noise;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** ChaCha20-Poly1305 under one key, with the counter as nonce. For one thread at a time. */
final class CipherState {
  static final int TAG_BYTES = 16;

  private final Cipher cipher;
  private final SecretKeySpec key;
  private final byte[] nonce = new byte[12];
  private final ByteBuffer counter = ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN);
  private long messages;

  CipherState(byte[] key) {
    this.key = new SecretKeySpec(key, "ChaCha20");
    try {
      this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has ChaCha20-Poly1305", e);
    }
  }

  byte[] encrypt(byte[] associated, byte[] plaintext) {
    byte[] sealed = new byte[plaintext.length + TAG_BYTES];
    encrypt(associated, plaintext, plaintext.length, sealed, 0);
    return sealed;
  }

  /** Writes ciphertext and tag, and returns their size. */
  int encrypt(byte[] associated, byte[] plaintext, int length, byte[] into, int offset) {
    try {
      prepare(Cipher.ENCRYPT_MODE, associated);
      return cipher.doFinal(plaintext, 0, length, into, offset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encryption with a sound key", e);
    }
  }

  byte[] decrypt(byte[] associated, byte[] sealed, int offset, int length) throws NoiseException {
    if (length < TAG_BYTES) {
      throw new NoiseException("message of " + length + " bytes has no room for its tag");
    }
    try {
      prepare(Cipher.DECRYPT_MODE, associated);
      byte[] plaintext = new byte[length - TAG_BYTES];
      cipher.doFinal(sealed, offset, length, plaintext, 0);
      return plaintext;
    } catch (AEADBadTagException e) {
      throw new NoiseException("message is forged or damaged", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("decryption with a sound key", e);
    }
  }

  private void prepare(int mode, byte[] associated) throws GeneralSecurityException {
    counter.putLong(4, messages++);
    cipher.init(mode, key, new IvParameterSpec(nonce));
    if (associated.length > 0) {
      cipher.updateAAD(associated);
    }
  }
}
