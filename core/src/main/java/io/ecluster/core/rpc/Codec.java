package io.ecluster.core.rpc;

import java.io.IOException;

/** How values of one type look in msgpack as the Go peers write it. */
public interface Codec<T> {
  void write(MsgWriter out, T value) throws IOException;

  /**
   * Reads one value.
   *
   * @throws IOException if the bytes are not such a value, or it is larger than the reader allows
   */
  T read(MsgReader in) throws IOException;

  /** Writes Go's zero value of this type: the body that follows the error of a failed call. */
  default void writeZero(MsgWriter out) throws IOException {
    out.nil();
  }
}
