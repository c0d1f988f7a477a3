package io.ecluster.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
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

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;

  private HttpConnection(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES);
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
  }

  static HttpConnection open(Endpoint endpoint) throws IOException {
    SocketChannel channel = SocketChannel.open(endpoint.address());
    if (!(endpoint.address() instanceof UnixDomainSocketAddress)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    return new HttpConnection(channel);
  }

  /** Sends the request line and headers. */
  void sendHead(String method, String target, Map<String, String> headers) throws IOException {
    StringBuilder head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1");
    headers.forEach((name, value) -> head.append("\r\n").append(name).append(": ").append(value));
    head.append("\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
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
    String status = readLine();
    String[] words = status.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
      throw new IOException("not an HTTP answer: " + status);
    }
    int code = Integer.parseInt(words[1]);
    Map<String, String> headers = readHeaders();
    if (code == 100) {
      return readResponse();
    }
    return new HttpResponse(code, headers, body(code, headers), this);
  }

  private InputStream body(int code, Map<String, String> headers) {
    if (code == 204 || code == 304) {
      return InputStream.nullInputStream();
    }
    String encoding = headers.getOrDefault("transfer-encoding", "");
    if (encoding.equalsIgnoreCase("chunked")) {
      return new ChunkedInput(this, in);
    }
    String length = headers.get("content-length");
    return length == null ? in : new FixedInput(in, Long.parseLong(length));
  }

  Map<String, String> readHeaders() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.size() >= MAX_HEADERS) {
        throw new IOException("bad HTTP header in the answer");
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a.isEmpty() ? b : a + "; " + b);
    }
    return headers;
  }

  String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (line.length() >= MAX_LINE_BYTES) {
        throw new IOException("line too long in the answer");
      }
      line.append((char) c);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
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
