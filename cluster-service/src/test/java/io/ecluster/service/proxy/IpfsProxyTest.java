package io.ecluster.service.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.adder.AddRequest;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.kubo.KuboEndpoint;
import io.ecluster.multiformats.Cid;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proxy answers itself, and what it passes on. */
class IpfsProxyTest {
  private static final byte[] NOTHING = new byte[0];

  private final MemoryReadings readings = new MemoryReadings();
  private final TestSite site = new TestSite(readings.blocks());
  private final FakeCluster cluster = new FakeCluster();
  private final FakeAdder adder = new FakeAdder();
  private final FakeIpfsNode node = new FakeIpfsNode();
  private Optional<Upstream> upstream = Optional.empty();
  private Optional<HttpServer> server = Optional.empty();
  private Optional<HttpServer> kubo = Optional.empty();

  @AfterEach
  void allReadersAreClosed() {
    PeerProcesses.await("all readings are closed", () -> readings.open() == 0);
    server.ifPresent(HttpServer::close);
    upstream.ifPresent(Upstream::close);
    kubo.ifPresent(HttpServer::close);
  }

  private static HttpServer serve(String address, HttpService service) {
    return HttpServer.start(
        new HttpServer.Listening(
            "a test",
            List.of(Multiaddr.parse(address)),
            4096,
            Duration.ofSeconds(5),
            Duration.ofMinutes(1)),
        service);
  }

  private static int port(HttpServer server) {
    String address = server.addresses().getFirst();
    return Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
  }

  private HttpServer proxy() {
    if (server.isEmpty()) {
      IpfsProxy.Parts parts =
          new IpfsProxy.Parts(
              readings,
              cluster,
              adder,
              () -> new IpfsNode.RepoStat(300, 1000),
              node,
              Clock.fixed(FakeCluster.WHEN, ZoneOffset.UTC),
              "1.1.6",
              upstream.isPresent());
      server =
          Optional.of(
              serve("/ip4/127.0.0.1/tcp/0", new IpfsProxy(parts, upstream, Optional.empty())));
    }
    return server.get();
  }

  private TestServer.Answer ask(String method, String target, byte[] body, String... headers)
      throws IOException {
    String full = target.replace("=R", "=" + site.root()).replace("=N", "=" + site.node());
    return TestServer.ask(port(proxy()), method, "/api/v0/" + full, body, headers);
  }

  private TestServer.Answer post(String target) throws IOException {
    return ask("POST", target, NOTHING);
  }

  @ParameterizedTest
  @CsvSource({
    "cat?arg=R/hello.txt, 0, 6",
    "cat?arg=/ipfs/bafkqabtimvwgy3yk, 0, 6",
    "cat?arg=R/hello.txt&offset=1&length=3, 1, 4",
    "cat?arg=R/hello.txt&offset=9, 6, 6",
    "cat?arg=R/hello.txt&length=0, 0, 0",
    "cat?arg=R/hello.txt&length=9223372036854775807&offset=5, 5, 6",
    "cat?arg=N/a/hello.txt, 0, 6",
  })
  void catsFiles(String call, int from, int to) throws IOException {
    for (String method : List.of("GET", "POST", "PUT")) {
      TestServer.Answer answer = ask(method, call, NOTHING);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("hello\n".substring(from, to));
      assertThat(answer.header("x-content-length")).isEqualTo(String.valueOf(to - from));
      assertThat(answer.header("content-type")).isEqualTo("text/plain");
    }
  }

  @Test
  void catsSeveralAsOne() throws IOException {
    assertThat(post("cat?arg=R/hello.txt&arg=R/link&arg=R/hello.txt&offset=4&length=12").text())
        .isEqualTo("o\nhello.txth");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cat | 400 | argument \"ipfs-path\" is required",
        "cat?arg=bad | 500 | invalid path \"bad\"",
        "cat?arg=R | 500 | this dag node is a directory",
        "cat?arg=R/nope | 500 | no link named \"nope\" under",
        "cat?arg=R/hello.txt&offset=-9 | 500 | cannot specify negative offset",
        "cat?arg=R/hello.txt&length=-1 | 500 | cannot specify negative length",
        "cat?arg=bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy | 500 | not found",
        "ls?arg=R/nope | 500 | no link named",
        "get?arg=R&compress=true | 500 | file is not regular",
        "get?arg=R/hello.txt&compress=true&compression-level=11 | 500 | between 1 and 9",
        "dag/get?arg=N/b/9 | 500 | no link named",
        "dag/get?arg=N&output-codec=foo | 500 | unknown multicodec: \"foo\"",
        "dag/get?arg=N&output-codec=dag-pb | 500 | cannot be written as dag-pb",
        "block/get?arg=R/.. | 500 | must not be ..",
        "files/ls | 501 | not answered here",
        "block/put?pin=true | 501 | cannot put single nodes",
        "dag/put?pin=1 | 501 | cannot put single nodes",
        "add?only-hash=true | 500 | only-hash",
        "pin/ls?arg=R/a | 500 | must be a CID",
        "pin/ls?arg=R | 500 | is not pinned",
        "pin/update | 400 | argument \"from-path\" is required",
        "pin/update?arg=R | 400 | argument \"to-path\" is required",
        "pin/update?arg=R&arg=R | 500 | is not pinned",
        "pin/ls/a/b | 500 | must be a CID",
        "repo/stat/x | 501 | not answered here",
        "pin/add | 400 | is required",
      })
  void failsAsKuboDoes(String call, int status, String message) throws IOException {
    TestServer.Answer answer = post(call);
    JsonObject error = Json.parseObject(answer.text());
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(error.text("Message")).contains(message);
    assertThat(answer.text()).matches("\\{\"Message\":.*,\"Code\":0,\"Type\":\"error\"}");
    assertThat(adder.requests).isEmpty();
  }

  @Test
  void listsFolders() throws IOException {
    JsonObject all = Json.parseObject(post("ls?arg=R").text());
    JsonObject folder = JsonObject.of(all.list("Objects").getFirst());
    assertThat(folder.text("Hash")).isEqualTo(site.root().toString());
    assertThat(folder.list("Links")).hasSize(8);
    assertThat(post("ls?arg=R").text())
        .contains(
            "{\"Name\":\"hello.txt\",\"Hash\":\""
                + site.cid("hello.txt")
                + "\",\"Size\":6,\"Type\":2,\"Target\":\"\",\"Mode\":0,"
                + "\"ModTime\":\"0001-01-01T00:00:00Z\"}",
            "\"Size\":9,\"Type\":4,\"Target\":\"hello.txt\"",
            "\"Size\":0,\"Type\":1,");
    assertThat(post("ls?arg=R&stream=true").lines())
        .hasSize(8)
        .allMatch(line -> line.startsWith("{\"Objects\":["));
    assertThat(post("ls?arg=R&size=false&resolve-type=false").text())
        .doesNotContain("\"Type\":1", "\"Type\":2");
    assertThat(post("ls?arg=R/hello.txt").text()).contains("\"Links\":[]");
    JsonObject parts = Json.parseObject(post("ls?arg=R/big").text());
    assertThat(JsonObject.of(parts.list("Objects").getFirst()).list("Links")).hasSize(4);
  }

  @Test
  void getsArchives() throws IOException {
    TestServer.Answer folder = post("get?arg=R&archive=true");
    assertThat(folder.header("content-type")).isEqualTo("application/x-tar");
    int entries = 0;
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(folder.body()))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        entries++;
      }
    }
    assertThat(entries).isEqualTo(11);
    for (String level : List.of("", "&compression-level=1", "&compression-level=9")) {
      TestServer.Answer file = post("get?arg=R/big&compress=true" + level);
      assertThat(file.header("content-type")).isEqualTo("application/gzip");
      assertThat(unzipped(file.body())).isEqualTo(site.content("big"));
    }
    TestServer.Answer both = post("get?arg=R/hello.txt&archive=true&compress=true");
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(unzipped(both.body())))) {
      assertThat(tar.getNextEntry().getName()).isEqualTo("hello.txt");
      assertThat(tar.readAllBytes()).isEqualTo(site.content("hello.txt"));
    }
  }

  private static byte[] unzipped(byte[] bytes) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
  }

  @Test
  void givesBlocks() throws IOException {
    Cid cid = site.cid("hello.txt");
    byte[] block = readings.blocks().get(cid);
    TestServer.Answer got = post("block/get?arg=R/hello.txt");
    assertThat(got.body()).isEqualTo(block);
    assertThat(got.header("content-type")).isEqualTo("application/vnd.ipld.raw");
    assertThat(post("block/stat?arg=R/hello.txt").text())
        .isEqualTo("{\"Key\":\"" + cid + "\",\"Size\":" + block.length + "}\n");
  }

  @Test
  void givesNodesAsDagJson() throws IOException {
    assertThat(post("dag/get?arg=N").text())
        .isEqualTo(
            "{\"a\":{\"/\":\"" + site.root() + "\"},\"b\":[1,{\"/\":{\"bytes\":\"AQI\"}},null]}");
    assertThat(post("dag/get?arg=N/b/1").text()).isEqualTo("{\"/\":{\"bytes\":\"AQI\"}}");
    assertThat(post("dag/get?arg=R/hello.txt").text())
        .isEqualTo("{\"Data\":{\"/\":{\"bytes\":\"CAISBmhlbGxvChgG\"}},\"Links\":[]}");
    assertThat(post("dag/get?arg=bafkqabtimvwgy3yk").text())
        .isEqualTo("{\"/\":{\"bytes\":\"aGVsbG8K\"}}");
    assertThat(post("dag/get?arg=N&output-codec=dag-cbor").body())
        .isEqualTo(readings.blocks().get(site.node()));
    assertThat(post("dag/get?arg=R&output-codec=dag-pb").body())
        .isEqualTo(readings.blocks().get(site.root()));
  }

  @Test
  void pinsForTheCluster() throws IOException {
    assertThat(post("pin/add?arg=/ipfs/x/y").text())
        .isEqualTo("{\"Pins\":[\"" + FakeCluster.CID + "\"]}");
    assertThat(post("pin/rm/" + FakeCluster.CID).status()).isEqualTo(200);
    assertThat(cluster.calls).containsExactly("pinPath /ipfs/x/y", "unpinPath " + FakeCluster.CID);
  }

  @Test
  void listsPins() throws IOException {
    cluster.pins.put(FakeCluster.CID, Pin.of(FakeCluster.CID, PinOptions.NONE));
    String keys = "{\"Keys\":{\"" + FakeCluster.CID + "\":{\"Type\":\"recursive\"}}}";
    assertThat(post("pin/ls").text()).isEqualTo(keys);
    assertThat(post("pin/ls?arg=" + FakeCluster.CID).text()).isEqualTo(keys);
    String line = "{\"Cid\":\"" + FakeCluster.CID + "\",\"Type\":\"recursive\"}";
    TestServer.Answer stream = post("pin/ls?stream=true");
    assertThat(stream.text()).isEqualTo(line + "\n");
    assertThat(stream.header("trailer")).isEqualTo("X-Stream-Error");
    assertThat(stream.trailers()).isEmpty();
    assertThat(post("pin/ls?s=true&arg=" + FakeCluster.CID).text()).isEqualTo(line);
    assertThat(post("pin/ls/" + FakeCluster.CID + "?stream=true").text()).isEqualTo(line);
  }

  @Test
  void anUpdateToItselfDoesNotUnpin() throws IOException {
    cluster.pins.put(FakeCluster.CID, Pin.of(FakeCluster.CID, PinOptions.NONE));
    String same = "pin/update?arg=" + FakeCluster.CID + "&arg=" + FakeCluster.CID;
    assertThat(post(same).status()).isEqualTo(200);
    assertThat(cluster.pins).containsKey(FakeCluster.CID);
    Cid other = site.cid("hello.txt");
    cluster.pins.put(other, Pin.of(other, PinOptions.NONE));
    String update = "pin/update?arg=" + other + "&arg=" + FakeCluster.CID;
    assertThat(post(update + "&unpin=false").status()).isEqualTo(200);
    assertThat(cluster.pins).containsKey(other);
    assertThat(post(update).text())
        .isEqualTo("{\"Pins\":[\"" + other + "\",\"" + FakeCluster.CID + "\"]}");
    assertThat(cluster.pins).doesNotContainKey(other);
  }

  @Test
  void sumsRepositories() throws IOException {
    assertThat(post("repo/stat").text()).isEqualTo("{\"RepoSize\":300,\"StorageMax\":1000}");
  }

  @Test
  void collectsGarbageOfAllPeers() throws IOException {
    String removed = "{\"Key\":{\"/\":\"" + FakeCluster.CID + "\"}}";
    TestServer.Answer answer = post("repo/gc");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines()).containsExactly(removed);
    assertThat(answer.trailers().getOrDefault("x-stream-error", "").split("; "))
        .containsExactlyInAnyOrder("disk", "unreachable");
    TestServer.Answer told = post("repo/gc?stream-errors=true");
    assertThat(told.lines())
        .containsExactlyInAnyOrder(removed, "{\"Error\":\"disk\"}", "{\"Error\":\"unreachable\"}");
    assertThat(told.trailers()).isEmpty();
  }

  @Test
  void answersForANodeWithoutKubo() throws IOException {
    JsonObject id = Json.parseObject(post("id").text());
    assertThat(id.text("ID")).isEqualTo(node.id().id().toString());
    assertThat(id.keys())
        .containsExactly("ID", "PublicKey", "Addresses", "AgentVersion", "Protocols");
    JsonObject version = Json.parseObject(post("version").text());
    assertThat(version.keys()).containsExactly("Version", "Commit", "Repo", "System", "Golang");
    assertThat(Json.parseObject(post("swarm/peers").text()).list("Peers")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "trickle=true, TRICKLE, false, true",
    "w=true, BALANCED, true, true",
    "wrap-with-directory=true, BALANCED, true, true",
    "pin=false, BALANCED, false, false",
    "cid-version=1, BALANCED, false, true"
  })
  void addsWithKubosParameters(String query, String layout, boolean wrap, boolean pin)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(PeerProcesses.uploadHead());
    body.writeBytes(PeerProcesses.uploadTail());
    String type = "Content-Type: " + PeerProcesses.UPLOAD_TYPE;
    assertThat(ask("POST", "add?" + query, body.toByteArray(), type).status()).isEqualTo(200);
    AddRequest request = adder.requests.getFirst();
    assertThat(request.dag().layout()).hasToString(layout);
    assertThat(request.wrap()).isEqualTo(wrap);
    assertThat(request.pinIt()).isEqualTo(pin);
  }

  @Test
  void pagesOfOtherSitesChangeNothing() throws IOException {
    String header = "Sec-Fetch-Site: cross-site";
    assertThat(ask("GET", "pin/rm?arg=" + FakeCluster.CID, NOTHING, header).status())
        .isEqualTo(403);
    assertThat(cluster.calls).isEmpty();
  }

  /** Tells what came, and answers in a way that must come through unchanged. */
  private static final class FakeKubo implements HttpService {
    @Override
    public void handle(Exchange x) throws IOException {
      byte[] body;
      try (InputStream in = x.body()) {
        body = in.readAllBytes();
      }
      x.setStatus(202);
      x.setHeader("Content-Type", "x/y");
      x.setHeader("X-Method", x.method());
      x.setHeader("X-Target", x.rawPath() + "?" + x.rawQuery());
      x.setHeader("X-Authorization", x.header("Authorization"));
      x.setHeader("Trailer", "X-Stream-Error");
      x.setTrailers(() -> HttpFields.build().add("X-Stream-Error", "late"));
      if (!x.method().equals("HEAD")) {
        try (OutputStream out = x.output()) {
          out.write(body);
        }
      }
    }

    @Override
    public void refuse(Exchange x, Exception error) {
      x.setStatus(500);
    }
  }

  private void behind(String address) {
    HttpServer daemon = serve(address, new FakeKubo());
    kubo = Optional.of(daemon);
    String listening = daemon.addresses().getFirst();
    upstream = Optional.of(Upstream.open(KuboEndpoint.of(Multiaddr.parse(listening), false), ""));
  }

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void passesOnWhatIsNotOurs(boolean unix) throws IOException {
    behind(unix ? "/unix/" + folder.resolve("kubo.sock") : "/ip4/127.0.0.1/tcp/0");
    byte[] body = new byte[3_000_000];
    TestServer.Answer answer =
        ask("POST", "files/write?arg=%2Fa%20b&x=1+2", body, "Authorization: Basic x");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo(body);
    assertThat(answer.header("content-type")).isEqualTo("x/y");
    assertThat(answer.header("x-method")).isEqualTo("POST");
    assertThat(answer.header("x-target")).isEqualTo("/api/v0/files/write?arg=%2Fa%20b&x=1+2");
    assertThat(answer.header("x-authorization")).isEqualTo("Basic x");
    assertThat(answer.trailers()).containsEntry("x-stream-error", "late");
    assertThat(ask("HEAD", "id", NOTHING).header("x-method")).isEqualTo("HEAD");
    assertThat(ask("OPTIONS", "pin/add", NOTHING).header("x-method")).isEqualTo("OPTIONS");
    assertThat(ask("POST", "block/put", new byte[] {1}).body()).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pin/rm", "pin/add/x", "add?only-hash=true", "block/put?pin=true", "cat?arg=R"})
  void doesNotPassOnWhatIsOurs(String call) throws IOException {
    behind("/ip4/127.0.0.1/tcp/0");
    assertThat(post(call).headers()).doesNotContainKey("x-method");
  }

  @Test
  void saysThatKuboIsDown() throws IOException {
    behind("/ip4/127.0.0.1/tcp/0");
    kubo.ifPresent(HttpServer::close);
    TestServer.Answer answer = post("id");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(Json.parseObject(answer.text()).text("Message")).contains("is it running?");
    assertThat(post("cat?arg=R/hello.txt").text()).isEqualTo("hello\n");
  }
}
