package io.ecluster.service.api;

import io.ecluster.libp2p.Traffic;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.CorsSettings;
import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.config.HttpApiSettings.Timeouts;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpWatch;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The real server on a real socket, with routes over fakes; and connections that speak raw HTTP.
 */
public final class TestServer implements AutoCloseable {
  static final Clock CLOCK = Clock.fixed(FakeCluster.WHEN, ZoneOffset.UTC);

  public final FakeCluster cluster = new FakeCluster();
  public final Map<String, Traffic> traffic = new TreeMap<>();
  private final RestRoutes routes = new RestRoutes(cluster, "1.1.6", () -> traffic, CLOCK);
  private Path folder = Path.of(".");
  private Timeouts timeouts = Timeouts.STANDARD;
  private Optional<HttpApiSettings.Tls> tls = Optional.empty();
  private Optional<HttpApiSettings.Libp2p> libp2p = Optional.empty();
  private String logFile = "";
  private Map<String, List<String>> headers = Map.of();
  private CorsSettings cors = CorsSettings.STANDARD;
  private Map<String, String> users = new LinkedHashMap<>();
  private List<String> listen = List.of("/ip4/127.0.0.1/tcp/0");
  private Optional<HttpServer> server = Optional.empty();

  public RestRoutes routes() {
    return routes;
  }

  public TestServer withIdleTimeout(Duration timeout) {
    Timeouts standard = Timeouts.STANDARD;
    return with(new Timeouts(standard.read(), standard.readHeader(), standard.write(), timeout));
  }

  public TestServer with(Timeouts limits) {
    timeouts = limits;
    return this;
  }

  /** TLS with files of a folder. */
  public TestServer withTls(Path filesFolder, String certificate, String key) {
    folder = filesFolder;
    tls = Optional.of(new HttpApiSettings.Tls(certificate, key));
    return this;
  }

  public TestServer with(HttpApiSettings.Libp2p host) {
    libp2p = Optional.of(host);
    return this;
  }

  public TestServer withLog(Path logFolder, String file) {
    folder = logFolder;
    logFile = file;
    return this;
  }

  public TestServer withHeaders(Map<String, List<String>> all) {
    headers = all;
    return this;
  }

  public TestServer with(CorsSettings settings) {
    cors = settings;
    return this;
  }

  public TestServer withUser(String name, String password) {
    users.put(name, password);
    return this;
  }

  public TestServer listening(String... addresses) {
    listen = List.of(addresses);
    return this;
  }

  public TestServer start() {
    server = Optional.of(HttpApi.start(settings(), routes, folder, CLOCK, HttpWatch.NONE));
    return this;
  }

  private HttpApiSettings settings() {
    return new HttpApiSettings(
        listen.stream().map(Multiaddr::parse).toList(),
        tls,
        timeouts,
        4096,
        libp2p,
        users.isEmpty() ? Optional.empty() : Optional.of(users),
        logFile,
        headers,
        cors);
  }

  public List<String> addresses() {
    return server.orElseThrow().addresses();
  }

  public int port() {
    String address = addresses().getFirst();
    return Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
  }

  public Connection connect() throws IOException {
    return new Connection(new Socket(InetAddress.getLoopbackAddress(), port()));
  }

  /** One request to the server at a port of this machine, on a connection of its own. */
  public static Answer ask(int port, String method, String target, byte[] body, String... headers)
      throws IOException {
    try (Connection connection =
        new Connection(new Socket(InetAddress.getLoopbackAddress(), port))) {
      connection.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
      for (String header : headers) {
        connection.send(header + "\r\n");
      }
      connection.send("Content-Length: " + body.length + "\r\n\r\n");
      connection.send(body);
      return connection.answer(method);
    }
  }

  /** One request without a body on a connection of its own. */
  public Answer ask(String method, String target, String... headers) throws IOException {
    return ask(method, target, new byte[0], headers);
  }

  public Answer ask(String method, String target, byte[] body, String... headers)
      throws IOException {
    return ask(port(), method, target, body, headers);
  }

  @Override
  public void close() {
    server.ifPresent(HttpServer::close);
  }

  /** What came back. Header names are in lower case; a header that came twice has two values. */
  public record Answer(
      int status, Map<String, List<String>> headers, byte[] body, Map<String, String> trailers) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public List<String> lines() {
      return text().lines().toList();
    }

    public String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }
  }

  /** A client connection that can stop, be slow, or go away in the middle. */
  public static final class Connection implements Closeable {
    /** A server that stays silent for so long has failed the test. */
    private static final int PATIENCE_MILLIS = 60_000;

    private final Closeable transport;
    private final InputStream in;
    private final OutputStream out;

    public Connection(Socket socket) throws IOException {
      this(patient(socket).getInputStream(), socket.getOutputStream(), socket);
    }

    /** Over something else than a socket. */
    public Connection(InputStream in, OutputStream out, Closeable transport) {
      this.in = new BufferedInputStream(in);
      this.out = out;
      this.transport = transport;
    }

    private static Socket patient(Socket socket) throws IOException {
      socket.setSoTimeout(PATIENCE_MILLIS);
      return socket;
    }

    public void send(String text) throws IOException {
      send(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** The next byte, or −1 once the server has closed. */
    public int read() throws IOException {
      return in.read();
    }

    /** All that comes until the server closes, in whichever way. */
    public byte[] rest() throws IOException {
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      try {
        in.transferTo(rest);
      } catch (SocketException e) {
        rest.write(new byte[0]); // a reset is an end, too
      }
      return rest.toByteArray();
    }

    public String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the server closed the connection after \"" + line + "\"");
        }
        line.write(c);
      }
      return line.toString(StandardCharsets.UTF_8).strip();
    }

    public Map<String, List<String>> head() throws IOException {
      Map<String, List<String>> headers = new TreeMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        String[] pair = line.split(":", 2);
        headers
            .computeIfAbsent(pair[0].toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
            .add(pair[1].strip());
      }
      return headers;
    }

    public int status() throws IOException {
      return Integer.parseInt(line().split(" ")[1]);
    }

    public Answer answer(String method) throws IOException {
      int status = status();
      Map<String, List<String>> headers = head();
      boolean bodiless = status == 204 || status == 304 || method.equals("HEAD");
      if (bodiless) {
        return new Answer(status, headers, new byte[0], Map.of());
      }
      if (headers.containsKey("content-length")) {
        int length = Integer.parseInt(headers.get("content-length").getFirst());
        return new Answer(status, headers, in.readNBytes(length), Map.of());
      }
      return headers.containsKey("transfer-encoding")
          ? chunked(status, headers)
          : new Answer(status, headers, in.readAllBytes(), Map.of());
    }

    private Answer chunked(int status, Map<String, List<String>> headers) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int size = chunkSize(); size > 0; size = chunkSize()) {
        byte[] chunk = in.readNBytes(size);
        if (chunk.length < size) {
          throw new EOFException("the server closed the connection inside a chunk");
        }
        body.write(chunk);
        line();
      }
      Map<String, String> trailers = new TreeMap<>();
      head().forEach((name, values) -> trailers.put(name, String.join(", ", values)));
      return new Answer(status, headers, body.toByteArray(), trailers);
    }

    private int chunkSize() throws IOException {
      return Integer.parseInt(line(), 16);
    }

    @Override
    public void close() throws IOException {
      transport.close();
    }
  }
}
