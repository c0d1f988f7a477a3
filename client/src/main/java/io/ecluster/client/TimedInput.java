package io.ecluster.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;

/** Tells of a connection that was closed because time was up, whatever closing it looks like. */
final class TimedInput extends FilterInputStream {
  private final Deadline deadline;

  TimedInput(InputStream in, Deadline deadline) {
    super(in);
    this.deadline = deadline;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    try {
      return in.read(bytes, from, length);
    } catch (IOException e) {
      throw timeIsUp(deadline, e);
    }
  }

  /** Another exception in place of {@code e} if that came of the deadline. */
  static IOException timeIsUp(Deadline deadline, IOException e) {
    if (!deadline.isOver()) {
      return e;
    }
    SocketTimeoutException told = new SocketTimeoutException("no answer within the time given");
    told.initCause(e);
    return told;
  }
}
