package io.ecluster.core.rpc;

import java.io.IOException;

/** Bytes that are not the value that was expected. Words its message as Go's decoder does. */
public final class MsgException extends IOException {
  MsgException(long position, String reason) {
    super("msgpack decode error [pos " + position + "]: " + reason);
  }

  MsgException(long position, String reason, Throwable cause) {
    super("msgpack decode error [pos " + position + "]: " + reason, cause);
  }
}
