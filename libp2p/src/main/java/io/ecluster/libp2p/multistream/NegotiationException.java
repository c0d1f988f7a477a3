package io.ecluster.libp2p.multistream;

import java.io.IOException;

/** The other side does not speak multistream, or no protocol is common to both. */
public final class NegotiationException extends IOException {
  /** What went wrong. */
  public enum Reason {
    /** The bytes are no multistream: another protocol, or another private network. */
    NOT_MULTISTREAM,
    NOTHING_IN_COMMON
  }

  private final Reason reason;

  NegotiationException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
