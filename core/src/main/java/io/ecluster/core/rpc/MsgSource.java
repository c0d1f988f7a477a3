package io.ecluster.core.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The bytes that a {@link MsgReader} reads: buffered, counted, and no more than were granted. */
final class MsgSource {
  private static final int BUFFER_BYTES = 16 << 10;

  /** A long string is given more memory as its bytes arrive, never more than four times as much. */
  private static final int FIRST_BYTES = 64 << 10;

  private final InputStream in;
  private long maxMessageBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;
  private long position;
  private long messageEnd;

  MsgSource(InputStream in, long maxMessageBytes) {
    this.in = in;
    startMessage(maxMessageBytes);
  }

  void startMessage() {
    startMessage(maxMessageBytes);
  }

  void startMessage(long maxBytes) {
    maxMessageBytes = maxBytes;
    messageEnd = position + maxBytes;
  }

  long position() {
    return position;
  }

  boolean atEnd() throws IOException {
    return next == end && !fill();
  }

  boolean hasBuffered() {
    return next < end;
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer, 0, buffer.length);
    next = 0;
    end = Math.max(read, 0);
    return read > 0;
  }

  int peek() throws IOException {
    if (atEnd()) {
      throw new EOFException("EOF");
    }
    return buffer[next] & 0xff;
  }

  int next() throws IOException {
    int value = peek();
    claim(1);
    next++;
    position++;
    return value;
  }

  long bigEndian(int length) throws IOException {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | next();
    }
    return value;
  }

  void discard(long length) throws IOException {
    claim(length);
    for (long left = length; left > 0; ) {
      var _ = peek();
      int part = (int) Math.min(left, end - next);
      next += part;
      position += part;
      left -= part;
    }
  }

  /** The next bytes; what is not buffered yet is read straight into them as it arrives. */
  byte[] bytes(long length) throws IOException {
    if (length > MsgReader.MAX_RAW_BYTES) {
      throw fail(
          length + " bytes in one string; at most " + MsgReader.MAX_RAW_BYTES + " are accepted");
    }
    claim(length);
    byte[] bytes = new byte[(int) Math.min(length, FIRST_BYTES)];
    int filled = Math.min(bytes.length, end - next);
    System.arraycopy(buffer, next, bytes, 0, filled);
    next += filled;
    while (filled < length) {
      if (filled == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, 4L * filled));
      }
      filled += received(bytes, filled);
    }
    position += bytes.length;
    return bytes;
  }

  private int received(byte[] into, int from) throws IOException {
    int count = in.readNBytes(into, from, into.length - from);
    if (count < into.length - from) {
      throw new EOFException("unexpected EOF");
    }
    return count;
  }

  private void claim(long length) throws MsgException {
    if (position + length > messageEnd) {
      throw fail("message is larger than " + maxMessageBytes + " bytes");
    }
  }

  MsgException fail(String reason) {
    return new MsgException(position, reason);
  }
}
