package io.ecluster.ipld;

import java.io.OutputStream;

/** Counts what it is given. */
final class CountingOutput extends OutputStream {
  private long count;

  @Override
  public void write(int b) {
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    count += length;
  }

  long count() {
    return count;
  }
}
