package io.ecluster.core.rpc;

import io.ecluster.libp2p.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The input of a stream, with a limit on how long all of an answer may take, however it drips. */
final class DeadlineInput extends InputStream {
  private final Stream stream;
  private final InputStream in;
  private @Nullable Long deadlineNanos;

  DeadlineInput(Stream stream) {
    this.stream = stream;
    this.in = stream.input();
  }

  /** From now on all that is read must come within {@code limit}; zero is no limit. */
  void expectWithin(Duration limit) {
    if (limit.isZero()) {
      deadlineNanos = null;
      stream.setReadTimeout(Duration.ZERO);
    } else {
      deadlineNanos = System.nanoTime() + limit.toNanos();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (deadlineNanos != null) {
      stream.setReadTimeout(left(deadlineNanos));
    }
    return in.read(into, offset, length);
  }

  private static Duration left(long deadlineNanos) throws SocketTimeoutException {
    long left = deadlineNanos - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return Duration.ofNanos(left);
  }
}
