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
}
