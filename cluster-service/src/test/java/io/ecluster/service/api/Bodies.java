package io.ecluster.service.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Multipart bodies as clients send them, and streams that give them in pieces. */
final class Bodies {
  static final String BOUNDARY = "a1b2c3";
  static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static Bodies start() {
    return new Bodies();
  }

  /** A part as Go's client writes it. */
  Bodies part(String fileName, String type, byte[] content) {
    return raw("--" + BOUNDARY + "\r\n")
        .raw("Abspath-Encoded: %2Ftmp%2Fx\r\n")
        .raw("Content-Disposition: form-data; name=\"file\"; filename=\"" + fileName + "\"\r\n")
        .raw("Content-Type: " + type + "\r\n\r\n")
        .raw(content)
        .raw("\r\n");
  }

  Bodies file(String fileName, byte[] content) {
    return part(fileName, "application/octet-stream", content);
  }

  Bodies raw(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  Bodies raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] end() {
    return raw("--" + BOUNDARY + "--\r\n").bytes();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  /** Gives at most {@code size} bytes a read. */
  static InputStream inPieces(byte[] bytes, int size) {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        return at < bytes.length ? bytes[at++] & 0xff : -1;
      }

      @Override
      public int read(byte[] target, int from, int length) {
        if (at == bytes.length) {
          return -1;
        }
        int count = Math.min(Math.min(size, length), bytes.length - at);
        System.arraycopy(bytes, at, target, from, count);
        at += count;
        return count;
      }
    };
  }

  /** Gives a random number of bytes each read. */
  static InputStream atRandom(byte[] bytes, Random random) {
    return new InputStream() {
      private final InputStream all = inPieces(bytes, Integer.MAX_VALUE);

      @Override
      public int read() throws IOException {
        return all.read();
      }

      @Override
      public int read(byte[] target, int from, int length) throws IOException {
        return all.read(target, from, Math.min(length, 1 + random.nextInt(200)));
      }
    };
  }

  /** Gives the bytes and then fails as a connection does. */
  static InputStream breakingAfter(byte[] bytes) {
    return new InputStream() {
      private final InputStream all = inPieces(bytes, Integer.MAX_VALUE);

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int from, int length) throws IOException {
        int count = all.read(target, from, length);
        if (count < 0) {
          throw new IOException("reset by peer");
        }
        return count;
      }
    };
  }

  /** Gives the text again and again, {@code times} times, and then {@code end}. */
  static InputStream repeated(byte[] piece, int times, byte[] end) {
    return new InputStream() {
      private int left = times;
      private InputStream now = InputStream.nullInputStream();

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        int count = now.read(bytes, from, length);
        if (count >= 0 || left < 0) {
          return count;
        }
        left--;
        now = inPieces(left >= 0 ? piece : end, Integer.MAX_VALUE);
        return now.read(bytes, from, length);
      }
    };
  }

  static byte[] readAll(InputStream in) {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
