package io.ecluster.service.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A buffer that shows the beginning of an answer before anything goes out. So an early failure can
 * be told in words, and the beginning can say what the answer is.
 */
final class HeldOutput extends OutputStream {
  private final OutputStream out;
  private final int headBytes;
  private final Consumer<byte[]> head;
  private final byte[] held;
  private int size;
  private boolean shown;

  /**
   * @param bytes how much is held back
   * @param headBytes how much of it is shown
   * @param head is told the first bytes, just before they go out
   */
  HeldOutput(OutputStream out, int bytes, int headBytes, Consumer<byte[]> head) {
    this.out = out;
    this.held = new byte[bytes];
    this.headBytes = headBytes;
    this.head = head;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > held.length - size) {
      show(ByteBuffer.wrap(bytes, offset, length));
      drain();
    }
    if (length > held.length) {
      out.write(bytes, offset, length);
    } else {
      System.arraycopy(bytes, offset, held, size, length);
      size += length;
    }
  }

  private void show(ByteBuffer next) {
    if (!shown) {
      shown = true;
      ByteBuffer first = ByteBuffer.allocate(headBytes);
      first.put(held, 0, Math.min(size, headBytes));
      first.put(next.limit(next.position() + Math.min(first.remaining(), next.remaining())));
      head.accept(Arrays.copyOf(first.array(), first.position()));
    }
  }

  private void drain() throws IOException {
    out.write(held, 0, size);
    size = 0;
  }

  /** Not to be called after a failure: what is held makes way for an answer that says why. */
  @Override
  public void close() throws IOException {
    show(ByteBuffer.allocate(0));
    drain();
    out.close();
  }
}
