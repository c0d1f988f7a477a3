package io.ecluster.libp2p.net;

import java.io.IOException;

/** A byte stream to one remote address. One thread may read while another writes. */
public interface Wire extends AutoCloseable {
  /** Blocks for at least one byte; negative at the end. */
  int read(byte[] into, int offset, int length) throws IOException;

  /** Writes all of it. The array is scratch afterwards: a layer may encrypt it in place. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** Drops the connection; reads and writes that wait fail. */
  @Override
  void close();
}
