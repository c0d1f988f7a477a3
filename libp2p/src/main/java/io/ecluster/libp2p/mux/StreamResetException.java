package io.ecluster.libp2p.mux;

import java.io.IOException;

/** One side ended the stream at once. */
public final class StreamResetException extends IOException {
  private final int code;

  StreamResetException(String message, int code) {
    super(message);
    this.code = code;
  }

  /** What the remote gave as reason; zero if nothing in particular. */
  public int code() {
    return code;
  }
}
