package io.ecluster.libp2p.mux;

import java.io.IOException;

/** A connection that cannot go on: the remote broke the protocol, fell silent or closed it. */
public final class YamuxException extends IOException {
  YamuxException(String message) {
    super(message);
  }

  YamuxException(String message, Throwable cause) {
    super(message, cause);
  }
}
