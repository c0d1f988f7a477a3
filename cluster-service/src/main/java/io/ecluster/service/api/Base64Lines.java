package io.ecluster.service.api;

import io.ecluster.client.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Turns bytes into JSON strings of base64, one a line, each of at most 1 MiB. */
final class Base64Lines extends OutputStream {
  private static final int PIECE_BYTES = 1024 * 1024;

  private final OutputStream out;
  private final byte[] piece = new byte[PIECE_BYTES];
  private int size;

  Base64Lines(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int taken = Math.min(length - done, PIECE_BYTES - size);
      System.arraycopy(bytes, offset + done, piece, size, taken);
      size += taken;
      done += taken;
      if (size == PIECE_BYTES) {
        send();
      }
    }
  }

  private void send() throws IOException {
    if (size > 0) {
      line("\"" + Base64.getEncoder().encodeToString(Arrays.copyOf(piece, size)) + "\"");
      size = 0;
    }
  }

  private void line(String text) throws IOException {
    out.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Ends with an object in place of what is missing. */
  void fail(Object document) throws IOException {
    out.write((Json.write(document) + "\n").getBytes(StandardCharsets.UTF_8));
    out.close();
  }

  @Override
  public void close() throws IOException {
    send();
    out.close();
  }
}
