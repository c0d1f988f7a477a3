package io.ecluster.service.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Holds back the beginning of an answer, so that an early failure can be told in words, and shows
 * it before it goes out. After that everything passes.
 */
final class HeldOutput extends OutputStream {
  private final OutputStream out;
  private final Consumer<byte[]> head;
  private final byte[] held;
  private int size;
  private boolean passing;

  /**
   * @param bytes how much is held back
   * @param head is told what was held, just before it goes out
   */
  HeldOutput(OutputStream out, int bytes, Consumer<byte[]> head) {
    this.out = out;
    this.held = new byte[bytes];
    this.head = head;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (!passing && length <= held.length - size) {
      System.arraycopy(bytes, offset, held, size, length);
      size += length;
      return;
    }
    release();
    out.write(bytes, offset, length);
  }

  private void release() throws IOException {
    if (!passing) {
      passing = true;
      head.accept(Arrays.copyOf(held, size));
      out.write(held, 0, size);
    }
  }

  /** Not to be called after a failure: what is held makes way for an answer that says why. */
  @Override
  public void close() throws IOException {
    release();
    out.close();
  }
}
