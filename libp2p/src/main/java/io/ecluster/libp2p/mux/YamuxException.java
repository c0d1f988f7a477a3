package io.ecluster.libp2p.mux;

import java.io.IOException;

/** A connection that cannot go on: the remote broke the protocol, fell silent or closed it. */
public final class YamuxException extends IOException {
  private final boolean violation;

  YamuxException(String message) {
    super(message);
    this.violation = false;
  }

  YamuxException(String message, Throwable cause) {
    super(message, cause);
    this.violation = false;
  }

  private YamuxException(String message, boolean violation) {
    super(message);
    this.violation = violation;
  }

  /** The remote sent what the protocol does not allow. */
  static YamuxException violation(String message) {
    return new YamuxException(message, true);
  }

  /** Whether the remote broke the protocol. */
  public boolean isViolation() {
    return violation;
  }
}
