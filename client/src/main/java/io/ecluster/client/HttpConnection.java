package io.ecluster.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP/1.1 exchange on a connection of its own: the answer can be read while the body still
 * goes up, trailers are kept, unix sockets work. The JDK's client does none of these and takes ten
 * times as long to start.
 */
final class HttpConnection implements Closeable {
  private static final int BUFFER_BYTES = 256 * 1024;

  /** Longer header lines are not HTTP from a server of ours. */
  private static final int MAX_LINE_BYTES = 64 * 1024;

  private static final int MAX_HEADERS = 200;

  /** Go sends one at most before the answer; a server that never stops is none. */
  private static final int MAX_INTERIM_ANSWERS = 16;

  private final Connection connection;
  private final Deadline deadline;
  private final InputStream in;
  private final OutputStream out;

  private HttpConnection(Connection connection, Deadline deadline) throws IOException {
    this.connection = connection;
    this.deadline = deadline;
    this.in = new BufferedInputStream(new TimedInput(connection.input(), deadline), BUFFER_BYTES);
    this.out = new BufferedOutputStream(connection.output(), BUFFER_BYTES);
  }

  /**
   * Connects.
   *
   * @param timeout after which the connection is closed, whatever it is doing; zero for never
   */
  static HttpConnection open(Dialer dialer, Duration timeout) throws IOException {
    Deadline deadline = Deadline.after(timeout);
    try {
      return new HttpConnection(deadline.guard(dialer.dial(deadline)), deadline);
    } catch (IOException e) {
      deadline.close();
      throw TimedInput.timeIsUp(deadline, e);
    }
  }

  /** Sends the request line and headers. */
  void sendHead(String method, String target, Map<String, String> headers) throws IOException {
    StringBuilder head =
        new StringBuilder(method).append(' ').append(checked(target, '!')).append(" HTTP/1.1");
    headers.forEach(
        (name, value) -> head.append("\r\n").append(name).append(": ").append(checked(value, ' ')));
    head.append("\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Refuses what would end the line early and begin another one. */
  private static String checked(String text, char lowest) {
    if (text.chars().anyMatch(c -> c < lowest)) {
      throw new IllegalArgumentException("a request cannot carry \"" + text + "\"");
    }
    return text;
  }

  /**
   * The body of a request whose head said {@code Transfer-Encoding: chunked}; closing it ends the
   * body.
   */
  OutputStream chunkedBody() {
    return new BufferedOutputStream(new ChunkedOutput(out), BUFFER_BYTES);
  }

  /** Reads status and headers, and prepares the body. */
  HttpResponse readResponse() throws IOException {
    for (int i = 0; i < MAX_INTERIM_ANSWERS; i++) {
      int code = statusCode(readLine());
      Map<String, String> headers = readHeaders();
      if (code >= 200) {
        return new HttpResponse(code, headers, body(code, headers), this);
      }
    }
    throw new IOException("the server sends interim answers without end");
  }

  private static int statusCode(String line) throws IOException {
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-9]\\d\\d")) {
      throw new IOException("not an HTTP answer: " + line);
    }
    return Integer.parseInt(words[1]);
  }

  private InputStream body(int code, Map<String, String> headers) throws IOException {
    if (code == 204 || code == 304) {
      return InputStream.nullInputStream();
    }
    String encoding = headers.getOrDefault("transfer-encoding", "");
    if (encoding.equalsIgnoreCase("chunked")) {
      return new ChunkedInput(this, in);
    }
    String length = headers.get("content-length");
    return length == null ? in : new FixedInput(in, length(length));
  }

  private static long length(String text) throws IOException {
    if (!text.matches("\\d{1,18}")) {
      throw new IOException("bad Content-Length in the answer: " + text);
    }
    return Long.parseLong(text);
  }

  Map<String, String> readHeaders() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    int lines = 0;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || ++lines > MAX_HEADERS) {
        throw new IOException("bad HTTP header in the answer");
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          HttpConnection::joined);
    }
    return headers;
  }

  /** Go sends an empty X-Stream-Error before the ones that say something. */
  private static String joined(String one, String other) {
    return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
  }

  String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (line.size() >= MAX_LINE_BYTES) {
        throw new IOException("line too long in the answer");
      }
      line.write(c);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void close() throws IOException {
    deadline.close();
    connection.close();
  }

  /** Frames each write as one chunk. */
  private static final class ChunkedOutput extends OutputStream {
    private final OutputStream out;

    ChunkedOutput(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (length > 0) {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes, from, length);
        out.write('\r');
        out.write('\n');
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }
}
