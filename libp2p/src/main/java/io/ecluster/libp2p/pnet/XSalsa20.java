package io.ecluster.libp2p.pnet;

import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** The keystream of one direction, at the position it has reached. */
final class XSalsa20 {
  static final int NONCE_BYTES = 24;

  private final XSalsa20Engine engine = new XSalsa20Engine();

  XSalsa20(byte[] key, byte[] nonce) {
    engine.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
  }

  /** Enciphers or deciphers in place. */
  void apply(byte[] bytes, int offset, int length) {
    engine.processBytes(bytes, offset, length, bytes, offset);
  }
}
