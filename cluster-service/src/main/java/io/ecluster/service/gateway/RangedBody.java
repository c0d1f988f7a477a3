package io.ecluster.service.gateway;

import io.ecluster.service.http.ByteRange;
import io.ecluster.service.http.Exchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Answers with bytes of a known number, all or a range of them. */
final class RangedBody {
  /** So much is held back: a failure that comes this early is told in words. */
  private static final int HELD_BYTES = 64 * 1024;

  private RangedBody() {}

  /** Writes bytes [from, to). */
  @FunctionalInterface
  interface Writer {
    void write(OutputStream out, long from, long to) throws IOException;
  }

  /** Of several ranges the first is sent, as Kubo does. */
  static void send(Exchange x, String tag, long size, Writer writer) throws IOException {
    String wanted = x.header("Range").split(",", 2)[0];
    String condition = x.header("If-Range").strip();
    boolean ranged = !wanted.isEmpty() && (condition.isEmpty() || condition.equals(tag));
    ByteRange range = ByteRange.parse(ranged ? wanted : "", size);
    boolean partial = ranged && isRange(wanted, range, size);
    x.setStatus(partial ? 206 : 200);
    x.setHeader("Accept-Ranges", "bytes");
    x.setHeader("Content-Length", String.valueOf(range.to() - range.from()));
    if (partial) {
      x.setHeader("Content-Range", range.header(size));
    }
    if (!x.method().equals("HEAD")) {
      // Not closed when it fails: what is held back then makes way for an answer that says why.
      OutputStream out = new BufferedOutputStream(x.output(), HELD_BYTES);
      writer.write(out, range.from(), range.to());
      out.close();
    }
  }

  /** A range that covers everything is one; nonsense is not. */
  private static boolean isRange(String wanted, ByteRange range, long size) {
    return !range.whole(size) || (size > 0 && ByteRange.isValid(wanted));
  }
}
