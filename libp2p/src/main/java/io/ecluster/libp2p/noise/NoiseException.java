package io.ecluster.libp2p.noise;

import java.io.IOException;

/** The remote's Noise messages are malformed, forged or from another peer than wanted. */
public final class NoiseException extends IOException {
  NoiseException(String message) {
    super(message);
  }

  NoiseException(String message, Throwable cause) {
    super(message, cause);
  }
}
