package io.ecluster.ipld;

import java.io.IOException;
import java.io.InputStream;

/** Gives zeros for a while and then fails. */
final class BrokenStream extends InputStream {
  private final IOException failure;
  private int left;

  BrokenStream(int bytes, IOException failure) {
    this.left = bytes;
    this.failure = failure;
  }

  @Override
  public int read() throws IOException {
    if (left == 0) {
      throw failure;
    }
    left--;
    return 0;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0) {
      throw failure;
    }
    int given = Math.min(left, length);
    left -= given;
    return given;
  }

  @Override
  public void close() {
    throw new AssertionError("the stream is not the importer's to close");
  }
}
