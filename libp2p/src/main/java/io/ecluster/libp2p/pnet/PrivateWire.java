package io.ecluster.libp2p.pnet;

import io.ecluster.libp2p.net.Wire;
import java.io.IOException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * A wire whose bytes are XORed with XSalsa20. Each direction begins with its nonce in clear, just
 * before its first byte. A wrong key is not noticed here: what is above reads garbage.
 */
public final class PrivateWire implements Wire {
  private final Wire wire;
  private final PreSharedKey key;
  private final SecureRandom random;
  private @Nullable XSalsa20 sending;
  private @Nullable XSalsa20 receiving;

  public PrivateWire(Wire wire, PreSharedKey key, SecureRandom random) {
    this.wire = wire;
    this.key = key;
    this.random = random;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    XSalsa20 cipher = receiving;
    if (cipher == null) {
      byte[] nonce = readNonce();
      if (nonce == null) {
        return -1;
      }
      cipher = new XSalsa20(key.key(), nonce);
      receiving = cipher;
    }
    int got = wire.read(into, offset, length);
    if (got > 0) {
      cipher.apply(into, offset, got);
    }
    return got;
  }

  /** Null if the wire ends before. */
  private byte @Nullable [] readNonce() throws IOException {
    byte[] nonce = new byte[XSalsa20.NONCE_BYTES];
    for (int at = 0; at < nonce.length; ) {
      int got = wire.read(nonce, at, nonce.length - at);
      if (got < 0) {
        return null;
      }
      at += got;
    }
    return nonce;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    XSalsa20 cipher = sending;
    if (cipher == null) {
      sendFirst(bytes, offset, length);
      return;
    }
    cipher.apply(bytes, offset, length);
    wire.write(bytes, offset, length);
  }

  /** Nonce and first bytes leave in one segment. */
  private void sendFirst(byte[] bytes, int offset, int length) throws IOException {
    byte[] nonce = new byte[XSalsa20.NONCE_BYTES];
    random.nextBytes(nonce);
    XSalsa20 cipher = new XSalsa20(key.key(), nonce);
    sending = cipher;
    byte[] first = new byte[nonce.length + length];
    System.arraycopy(nonce, 0, first, 0, nonce.length);
    System.arraycopy(bytes, offset, first, nonce.length, length);
    cipher.apply(first, nonce.length, length);
    wire.write(first, 0, first.length);
  }

  @Override
  public void close() {
    wire.close();
  }
}
