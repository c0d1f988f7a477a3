package io.ecluster.libp2p.net;

import java.io.IOException;

/** A secured connection: what a muxer runs on. One thread may read while another writes. */
public interface FrameChannel extends AutoCloseable {
  /**
   * Blocks for the next plaintext, in an array of its own.
   *
   * @throws java.io.EOFException at the end
   */
  byte[] read() throws IOException;

  /** Appends to what the next flush sends, or sends at once what no longer fits. */
  void write(byte[] bytes, int offset, int length) throws IOException;

  void flush() throws IOException;

  /** Drops the connection; reads and writes that wait fail. */
  @Override
  void close();
}
