package io.ecluster.service.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.kubo.KuboEndpoint;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.FakeAdder;
import io.ecluster.service.api.FakeCluster;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpService;
import io.ecluster.service.read.MemoryReadings;
import io.ecluster.service.read.TestSite;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the proxy takes from the Kubo daemon behind it for answers of its own. */
class ProxyBeforeKuboTest {
  private static final byte[] NOTHING = new byte[0];
  private static final Duration TTL = Duration.ofMinutes(5);

  private final MemoryReadings readings = new MemoryReadings();
  private final TestSite site = new TestSite(readings.blocks());
  private final FakeCluster cluster = new FakeCluster();
  private final FakeKubo kubo = new FakeKubo();
  private final AtomicLong nanos = new AtomicLong();
  private HttpServer behind = serve(kubo);
  private Upstream upstream = upstream();
  private HttpServer proxy = serve(proxy(TTL));

  /** Answers as Kubo does, as far as headers and puts go. */
  private static final class FakeKubo implements HttpService {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile String exposed = "X-Stream-Output, X-Chunked-Output, X-Content-Length";
    private volatile int status = 200;

    @Override
    public void handle(Exchange x) throws IOException {
      String query = x.rawQuery().isEmpty() ? "" : "?" + x.rawQuery();
      calls.add(x.method() + " " + x.rawPath() + query);
      authorizations.add(x.header("Authorization"));
      if (x.method().equals("OPTIONS")) {
        assertThat(x.header("Access-Control-Request-Method")).isIn("GET", "POST", "PUT");
        x.setHeader("Vary", "Origin, Access-Control-Request-Method");
        if (x.header("Origin").equals("http://good.example")) {
          x.setHeader("Access-Control-Allow-Origin", "http://good.example");
          x.setHeader("Access-Control-Allow-Credentials", "true");
        }
        x.setHeader("Access-Control-Max-Age", "5");
        x.setStatus(204);
        return;
      }
      x.setStatus(status);
      x.setHeader("Access-Control-Expose-Headers", exposed);
      x.setHeader("X-Ipfs-Gateway", "yes");
      x.setHeader("X-Other", "no");
      x.setHeader("Content-Type", "application/json");
      x.body().readAllBytes();
      x.setTrailers(() -> x.rawQuery().contains("late") ? trailer() : HttpFields.EMPTY);
      try (OutputStream out = x.output()) {
        out.write(lines(x).getBytes(StandardCharsets.UTF_8));
      }
    }

    private static HttpFields trailer() {
      return HttpFields.build().add("X-Stream-Error", "kubo's own");
    }

    private String lines(Exchange x) {
      if (status != 200) {
        return "{\"Message\":\"full\",\"Code\":0,\"Type\":\"error\"}\n";
      }
      return switch (x.rawPath()) {
        case "/api/v0/block/put" ->
            "{\"Key\":\""
                + FakeCluster.CID
                + "\",\"Size\":3}\n{\"Key\":\"bad\",\"Size\":1}\n"
                + "{\"Key\":\""
                + FakeCluster.OTHER
                + "\",\"Size\":4}\n";
        case "/api/v0/dag/put" -> "{\"Cid\":{\"/\":\"" + FakeCluster.CID + "\"}}\n";
        default -> "{}";
      };
    }

    @Override
    public void refuse(Exchange x, Exception error) {
      throw new AssertionError(error);
    }
  }

  private static HttpServer serve(HttpService service) {
    return HttpServer.start(
        new HttpServer.Listening(
            "a test",
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
            4096,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)),
        service);
  }

  private Upstream upstream() {
    Multiaddr address = Multiaddr.parse(behind.addresses().getFirst());
    return Upstream.open(KuboEndpoint.of(address, false), "Bearer ours");
  }

  private IpfsProxy proxy(Duration ttl) {
    IpfsProxy.Parts parts =
        new IpfsProxy.Parts(
            readings,
            cluster,
            new FakeAdder(),
            () -> new IpfsNode.RepoStat(1, 2),
            new FakeIpfsNode(),
            Clock.systemUTC(),
            "1.1.6",
            true);
    KuboHeaders.Extraction extraction =
        new KuboHeaders.Extraction(List.of("X-Ipfs-Gateway"), "/api/v0/version", ttl);
    return new IpfsProxy(
        parts,
        Optional.of(upstream),
        Optional.of(new KuboHeaders(upstream, extraction, nanos::get)));
  }

  @BeforeEach
  void aPinIsThere() {
    cluster.pins.put(FakeCluster.CID, Pin.of(FakeCluster.CID, PinOptions.NONE));
  }

  @AfterEach
  void stop() {
    PeerProcesses.await("all readings are closed", () -> readings.open() == 0);
    proxy.close();
    upstream.close();
    behind.close();
  }

  private int port() {
    String address = proxy.addresses().getFirst();
    return Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
  }

  private TestServer.Answer ask(String method, String target, String... headers)
      throws IOException {
    return TestServer.ask(
        port(), method, "/api/v0/" + target.replace("=R", "=" + site.root()), NOTHING, headers);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, pin/ls",
    "GET, pin/ls",
    "PUT, repo/stat",
    "POST, cat?arg=R/hello.txt",
    "POST, pin/ls?arg=nothing",
    "POST, block/put?pin=true"
  })
  void copiesWhatKuboSaysToPages(String method, String call) throws IOException {
    TestServer.Answer answer = ask(method, call, "Origin: http://good.example");
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("http://good.example");
    assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
    assertThat(answer.header("vary")).isEqualTo("Origin, Access-Control-Request-Method");
    assertThat(answer.header("access-control-expose-headers")).isEqualTo(kubo.exposed);
    assertThat(answer.header("x-ipfs-gateway")).isEqualTo("yes");
    assertThat(answer.headers()).doesNotContainKeys("x-other", "access-control-max-age");
    assertThat(answer.header("server")).isEqualTo("ipfs-cluster/ipfsproxy/1.1.6");
    String path = call.replaceFirst("\\?.*", "");
    assertThat(kubo.calls).startsWith("OPTIONS /api/v0/" + path, "POST /api/v0/version");
  }

  @Test
  void pagesThatKuboDoesNotKnowAreNotLetIn() throws IOException {
    TestServer.Answer answer = ask("POST", "pin/ls", "Origin: http://evil.example");
    assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
    assertThat(answer.header("vary")).isNotEmpty();
  }

  @Test
  void asksForConfiguredHeadersWhenTheyAreOld() throws IOException {
    ask("POST", "pin/ls");
    kubo.exposed = "X-New";
    nanos.set(TTL.toNanos() - 1);
    assertThat(ask("POST", "pin/ls").header("access-control-expose-headers"))
        .contains("X-Stream-Output");
    nanos.set(TTL.toNanos());
    assertThat(ask("POST", "pin/ls").header("access-control-expose-headers")).isEqualTo("X-New");
    assertThat(kubo.calls.stream().filter("POST /api/v0/version"::equals)).hasSize(2);
  }

  @Test
  void neverAsksAgainWithoutATtl() throws IOException {
    proxy.close();
    proxy = serve(proxy(Duration.ZERO));
    ask("POST", "pin/ls");
    nanos.set(Duration.ofDays(100).toNanos());
    ask("POST", "pin/ls");
    assertThat(kubo.calls.stream().filter("POST /api/v0/version"::equals)).hasSize(1);
  }

  @Test
  void answersWithWhatItKnowsWhenKuboIsAway() throws IOException {
    ask("POST", "pin/ls");
    behind.close();
    TestServer.Answer answer = ask("POST", "cat?arg=R/hello.txt");
    assertThat(answer.text()).isEqualTo("hello\n");
    assertThat(answer.header("x-ipfs-gateway")).isEqualTo("yes");
    assertThat(answer.headers()).doesNotContainKey("vary");
  }

  @Test
  void pinsTheBlocksThatKuboStored() throws IOException {
    cluster.pins.clear();
    TestServer.Answer answer = ask("POST", "block/put?pin=true&late=1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines())
        .hasSize(3)
        .startsWith("{\"Key\":\"" + FakeCluster.CID + "\",\"Size\":3}");
    assertThat(cluster.pins).containsOnlyKeys(FakeCluster.CID, FakeCluster.OTHER);
    assertThat(answer.trailers().get("x-stream-error"))
        .startsWith("Kubo's answer was not understood: ")
        .endsWith("; kubo's own");
    assertThat(kubo.calls).contains("POST /api/v0/block/put?pin=true&late=1");
  }

  @Test
  void pinsTheNodesThatKuboStored() throws IOException {
    cluster.pins.clear();
    TestServer.Answer answer = ask("POST", "dag/put?pin=true&store-codec=dag-cbor");
    assertThat(answer.text()).isEqualTo("{\"Cid\":{\"/\":\"" + FakeCluster.CID + "\"}}\n");
    assertThat(answer.trailers()).isEmpty();
    assertThat(cluster.pins).containsOnlyKeys(FakeCluster.CID);
    assertThat(kubo.calls).contains("POST /api/v0/dag/put?store-codec=dag-cbor&pin=false");
  }

  @Test
  void tellsWhatKuboRefuses() throws IOException {
    cluster.pins.clear();
    kubo.status = 500;
    TestServer.Answer answer = ask("POST", "block/put?pin=true");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).contains("\"full\"");
    assertThat(cluster.pins).isEmpty();
  }

  @Test
  void speaksToKuboForThoseWhoSayNothing() throws IOException {
    ask("POST", "files/ls");
    assertThat(kubo.authorizations).containsOnly("Bearer ours");
    ask("POST", "files/ls", "Authorization: Bearer theirs");
    assertThat(kubo.authorizations.getLast()).isEqualTo("Bearer theirs");
    assertThat(kubo.calls).allMatch("POST /api/v0/files/ls"::equals);
  }

  @Test
  void closesConnectionsThatAreSlowOrIdle() throws IOException {
    try (TestServer.Connection slow = connect();
        TestServer.Connection idle = connect()) {
      slow.send("POST /api/v0/pin/ls HTTP/1.1\r\n");
      idle.send("POST /api/v0/pin/ls HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      assertThat(idle.answer("POST").status()).isEqualTo(200);
      assertThat(closed(slow)).isTrue();
      assertThat(closed(idle)).isTrue();
    }
  }

  private TestServer.Connection connect() throws IOException {
    return new TestServer.Connection(new Socket(InetAddress.getLoopbackAddress(), port()));
  }

  private static boolean closed(TestServer.Connection connection) throws IOException {
    try {
      while (connection.read() >= 0) {
        // an answer that says why may come before
      }
      return true;
    } catch (EOFException e) {
      return true;
    }
  }
}
