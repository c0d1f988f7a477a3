package io.ecluster.ipfs.kubo;

import io.ecluster.multiformats.Multiaddr;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** In place of Kubo: answers requests with whatever bytes a script writes. */
final class ScriptedKubo implements AutoCloseable {
  /** Writes the answer to one request; that it returns false ends the connection. */
  interface Script {
    boolean answer(Asked asked, OutputStream out) throws IOException;
  }

  /** Writes an answer that does not depend on the body, which is read meanwhile. */
  interface Early {
    void answer(OutputStream out) throws IOException;
  }

  /** A request: {@code block/get?arg=x}, its header lines in lower case, and its body. */
  record Asked(String target, List<String> headers, byte[] body) {
    String name() {
      return target.replaceAll("\\?.*", "");
    }

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }
  }

  private static final String PREFIX = "POST /api/v0/";

  private final ServerSocketChannel server;
  private final Script script;
  private final Optional<Early> early;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final Set<SocketChannel> used = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  private ScriptedKubo(ServerSocketChannel server, Script script, Optional<Early> early) {
    this.server = server;
    this.script = script;
    this.early = early;
    Thread.ofVirtual().start(this::accept);
  }

  static ScriptedKubo onTcp(Script script) throws IOException {
    return new ScriptedKubo(listenOnTcp(), script, Optional.empty());
  }

  /** Answers as soon as the headers of a request are there. */
  static ScriptedKubo answeringEarly(Early early) throws IOException {
    return new ScriptedKubo(listenOnTcp(), (_, _) -> true, Optional.of(early));
  }

  private static ServerSocketChannel listenOnTcp() throws IOException {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
  }

  static ScriptedKubo onUnix(Path path, Script script) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return new ScriptedKubo(
        server.bind(UnixDomainSocketAddress.of(path)), script, Optional.empty());
  }

  /** Answers each request with these bytes, and closes the connection after them. */
  static ScriptedKubo saying(String bytes) throws IOException {
    return onTcp((_, out) -> {
      out.write(bytes.getBytes(StandardCharsets.UTF_8));
      return false;
    });
  }

  /** A whole answer of Kubo, after which the connection stays. */
  static Script document(String body) {
    return (_, out) -> {
      out.write(ok(body).getBytes(StandardCharsets.UTF_8));
      return true;
    };
  }

  static String ok(String body) {
    return status("200 OK", body);
  }

  static String status(String status, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n\r\n" + body;
  }

  /** As Kubo streams: announces a trailer, and gives it if there was an error. */
  static String chunked(String body, String streamError) {
    StringBuilder text = new StringBuilder(chunkedHead());
    body.lines().forEach(line -> text.append(chunk(line + "\n")));
    text.append("0\r\n");
    if (!streamError.isEmpty()) {
      text.append("X-Stream-Error: ").append(streamError).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  static String chunkedHead() {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n";
  }

  static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  Multiaddr address() {
    try {
      SocketAddress at = server.getLocalAddress();
      return Multiaddr.parse(
          at instanceof InetSocketAddress tcp
              ? "/ip4/127.0.0.1/tcp/" + tcp.getPort()
              : "/unix" + at);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A node that waits at most a second or two for anything. */
  KuboIpfsNode node() {
    return node(Duration.ofSeconds(2));
  }

  KuboIpfsNode node(Duration timeout) {
    return KuboIpfsNode.open(KuboSettings.at(address()).withTimeouts(timeout, timeout));
  }

  /** How many were accepted. */
  int connections() {
    return connections.get();
  }

  /** How many are open now that were used: the client may open one more than it needs. */
  int open() {
    return used.size();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        connections.incrementAndGet();
        open.add(channel);
        Thread.ofVirtual().start(() -> serve(channel));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      InputStream in = Channels.newInputStream(channel);
      OutputStream out = Channels.newOutputStream(channel);
      boolean more = true;
      while (more) {
        Asked request = request(in, out);
        used.add(channel);
        more = script.answer(request, out);
      }
    } catch (IOException e) {
      // the client has had enough
    } finally {
      open.remove(channel);
      used.remove(channel);
    }
  }

  private Asked request(InputStream in, OutputStream out) throws IOException {
    String first = line(in);
    if (!first.startsWith(PREFIX)) {
      throw new IOException("not expected: " + first);
    }
    List<String> headers = new CopyOnWriteArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      headers.add(line);
    }
    String target = first.substring(PREFIX.length()).replace(" HTTP/1.1", "");
    if (early.isPresent()) {
      early.get().answer(out);
    }
    Asked request = new Asked(target, headers, in.readNBytes(length(headers)));
    asked.add(request);
    return request;
  }

  private static int length(List<String> headers) {
    return headers.stream()
        .map(header -> header.toLowerCase(Locale.ROOT))
        .filter(header -> header.startsWith("content-length: "))
        .mapToInt(header -> Integer.parseInt(header.substring("content-length: ".length())))
        .sum();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
