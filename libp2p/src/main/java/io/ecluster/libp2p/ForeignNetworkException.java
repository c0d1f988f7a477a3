package io.ecluster.libp2p;

import java.io.IOException;

/** The remote does not share our secret, or is no libp2p peer at all. */
final class ForeignNetworkException extends IOException {
  ForeignNetworkException(String message, Throwable cause) {
    super(message, cause);
  }
}
