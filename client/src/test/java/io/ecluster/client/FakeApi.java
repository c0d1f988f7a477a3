package io.ecluster.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server that answers with whatever bytes a test wants, also with such as no server should
 * send. It serves one request a connection and remembers what it was asked.
 */
public final class FakeApi implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Handler handler;
  private final boolean early;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();

  /** A request; its body is decoded. Header names are in lower case. */
  public record Request(String method, String target, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Writes raw bytes, status line and all. */
  @FunctionalInterface
  public interface Handler {
    void answer(Request request, OutputStream out) throws IOException;
  }

  private FakeApi(SocketAddress address, boolean early, Handler handler) {
    this.handler = handler;
    this.early = early;
    try {
      this.server =
          address instanceof UnixDomainSocketAddress
              ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              : ServerSocketChannel.open();
      server.bind(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers after it has read the whole request. */
  public static FakeApi start(Handler handler) {
    return new FakeApi(loopback(), false, handler);
  }

  /** Answers as soon as it has read the head; the request's body is empty then. */
  public static FakeApi early(Handler handler) {
    return new FakeApi(loopback(), true, handler);
  }

  public static FakeApi onUnixSocket(Path socket, Handler handler) {
    return new FakeApi(UnixDomainSocketAddress.of(socket), false, handler);
  }

  /** Always the same answer. */
  public static FakeApi answering(byte[] answer) {
    return start((_, out) -> out.write(answer));
  }

  private static SocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A whole answer with a JSON body. */
  public static byte[] json(int status, String body) {
    return ("HTTP/1.1 "
            + status
            + " X\r\nContent-Type: application/json\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A stream of JSON lines, with what Go puts behind it. */
  public static byte[] lines(String streamError, String... documents) {
    StringBuilder text =
        new StringBuilder(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n");
    for (String document : documents) {
      int length = document.getBytes(StandardCharsets.UTF_8).length + 1;
      text.append(Integer.toHexString(length)).append("\r\n").append(document).append("\n\r\n");
    }
    return text.append("0\r\nX-Stream-Error: ")
        .append(streamError)
        .append("\r\n\r\n")
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  public String address() {
    try {
      return server.getLocalAddress() instanceof InetSocketAddress tcp
          ? "/ip4/127.0.0.1/tcp/" + tcp.getPort()
          : "/unix/" + ((UnixDomainSocketAddress) server.getLocalAddress()).getPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Request> requests() {
    return requests;
  }

  public Request onlyRequest() {
    if (requests.size() != 1) {
      throw new AssertionError("expected one request, got " + requests);
    }
    return requests.getFirst();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(connection));
      Request request = read(in);
      requests.add(request);
      handler.answer(request, out);
      out.flush();
      connection.shutdownOutput();
      in.transferTo(OutputStream.nullOutputStream()); // else what was sent may be lost
    } catch (IOException e) {
      // the client is gone, or the test is over
    }
  }

  private Request read(InputStream in) throws IOException {
    String[] words = line(in).split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] pair = line.split(":", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1].strip());
    }
    return new Request(words[0], words[1], headers, early ? new byte[0] : body(in, headers));
  }

  private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
    if (!headers.containsKey("transfer-encoding")) {
      return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = size(in); size > 0; size = size(in)) {
      body.write(in.readNBytes(size));
      line(in);
    }
    line(in);
    return body.toByteArray();
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the client broke off");
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (SocketChannel connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
