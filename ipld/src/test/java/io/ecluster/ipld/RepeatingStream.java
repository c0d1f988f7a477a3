package io.ecluster.ipld;

import java.io.InputStream;
import java.util.Random;

/** As many pseudo-random bytes as wanted, always the same. */
public final class RepeatingStream extends InputStream {
  private final Random random = new Random(1);
  private long left;

  public RepeatingStream(long bytes) {
    this.left = bytes;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (left == 0) {
      return -1;
    }
    int given = (int) Math.min(left, length);
    byte[] some = new byte[given];
    random.nextBytes(some);
    System.arraycopy(some, 0, bytes, offset, given);
    left -= given;
    return given;
  }
}
