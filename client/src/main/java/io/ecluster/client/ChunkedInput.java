package io.ecluster.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** A chunked body; its trailers are there after its end. */
final class ChunkedInput extends InputStream {
  private final HttpConnection connection;
  private final InputStream in;
  private long left;
  private boolean started;
  private boolean ended;
  private Map<String, String> trailers = Map.of();

  ChunkedInput(HttpConnection connection, InputStream in) {
    this.connection = connection;
    this.in = in;
  }

  Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !nextChunk()) {
      return -1;
    }
    int count = in.read(bytes, from, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the server broke off in the middle of its answer");
    }
    left -= count;
    return count;
  }

  private boolean nextChunk() throws IOException {
    if (ended) {
      return false;
    }
    if (started && !connection.readLine().isEmpty()) {
      throw new IOException("a chunk of the answer is longer than it says");
    }
    started = true;
    String size = connection.readLine().split(";", 2)[0].strip();
    if (!size.matches("[0-9a-fA-F]{1,15}")) {
      throw new IOException("bad chunk size in the answer: " + size);
    }
    left = Long.parseLong(size, 16);
    if (left == 0) {
      ended = true;
      trailers = connection.readHeaders();
    }
    return !ended;
  }
}
