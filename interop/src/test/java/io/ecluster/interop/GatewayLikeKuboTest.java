package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.CarReader;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multihash;
import io.ecluster.recovery.Reading;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.GatewaySettings;
import io.ecluster.service.gateway.Gateway;
import io.ecluster.service.http.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our gateway and Kubo's, asked the same of the same blocks. */
@NeedsKubo
class GatewayLikeKuboTest {
  /** What clients and caches go by. */
  private static final List<String> HEADERS =
      List.of(
          "content-type",
          "content-range",
          "content-disposition",
          "content-location",
          "etag",
          "cache-control",
          "location",
          "accept-ranges",
          "x-content-type-options",
          "x-ipfs-path",
          "x-ipfs-roots",
          "access-control-allow-origin");

  private static final Map<Multihash, byte[]> BLOCKS = new HashMap<>();

  @TempDir static Path folder;

  private static Optional<KuboProcess> kubo = Optional.empty();
  private static Optional<HttpServer> ours = Optional.empty();
  private static String root = "";
  private static String node = "";
  private static int kuboPort;
  private static int ourPort;

  @BeforeAll
  static void start() throws IOException {
    KuboProcess daemon = KuboProcess.init(folder.resolve("kubo"), Optional.empty());
    kubo = Optional.of(daemon);
    daemon.run("config", "--json", "Gateway.NoFetch", "true");
    daemon.run("config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0");
    daemon.start();
    root = daemon.run("add", "-Qr", site().toString()).strip();
    String json = "{\"a\":{\"/\":\"" + root + "\"},\"b\":[1,{\"/\":{\"bytes\":\"AQI\"}},1.5,1e21]}";
    node =
        daemon
            .cli(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "dag", "put")
            .text()
            .strip();
    read(daemon.cli("dag", "export", "--progress=false", node).out());
    kuboPort = port(Files.readString(daemon.repo().resolve("gateway")).strip());
    HttpServer server =
        Gateway.start(
            new GatewaySettings(
                List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
                4096,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1)),
            _ -> new Copies());
    ours = Optional.of(server);
    ourPort = port(server.addresses().getFirst());
  }

  @AfterAll
  static void stop() {
    ours.ifPresent(HttpServer::close);
    kubo.ifPresent(KuboProcess::close);
  }

  private static int port(String address) {
    return Integer.parseInt(address.replaceAll(".*[/:]", ""));
  }

  private static Path site() throws IOException {
    Path site = Files.createDirectories(folder.resolve("site"));
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name :
        List.of("t.txt", "h.html", "c.css", "j.js", "d.json", "s.svg", "p.png", "g.gif", "i.jpg")) {
      files.put(name, ("of " + name).getBytes(StandardCharsets.UTF_8));
    }
    for (String name : List.of("m.mp4", "f.pdf", "x.xml", "a.mp3", "z.zip", "v.wasm")) {
      files.put(name, ("of " + name).getBytes(StandardCharsets.UTF_8));
    }
    files.put("text", "just text\n".getBytes(StandardCharsets.UTF_8));
    files.put("html", "<!DOCTYPE html><p>x".getBytes(StandardCharsets.UTF_8));
    files.put("png", new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0});
    files.put("pdf", "%PDF-1.7 x".getBytes(StandardCharsets.UTF_8));
    files.put("gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0});
    byte[] big = new byte[1_000_000];
    new Random(3).nextBytes(big);
    files.put("big", big);
    files.put("sub/a b/ü.txt", "deep".getBytes(StandardCharsets.UTF_8));
    files.put("index/index.html", "<h1>i</h1>".getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = site.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Files.createSymbolicLink(site.resolve("link"), Path.of("t.txt"));
    return site;
  }

  private static void read(byte[] car) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(car));
    for (var block = reader.next(); block.isPresent(); block = reader.next()) {
      BLOCKS.put(block.get().cid().hash(), block.get().data());
    }
  }

  /** The blocks that Kubo has. */
  private static final class Copies implements Reading {
    @Override
    public byte[] get(Cid cid) {
      byte[] block = BLOCKS.get(cid.hash());
      if (block == null) {
        throw new BlockNotFoundException(cid, "Kubo did not export it");
      }
      return block;
    }

    @Override
    public void expect(List<Cid> next) {
      // they are here
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private static TestServer.Answer ask(int port, String method, String target, String... headers)
      throws IOException {
    String full = target.replace("/R", "/ipfs/" + root).replace("/N", "/ipfs/" + node);
    return TestServer.ask(port, method, full, new byte[0], headers);
  }

  private static void compare(
      boolean body, Set<String> except, String method, String target, String... headers)
      throws IOException {
    TestServer.Answer theirs = ask(kuboPort, method, target, headers);
    TestServer.Answer mine = ask(ourPort, method, target, headers);
    assertThat(mine.status()).as(target).isEqualTo(theirs.status());
    for (String name : HEADERS) {
      if (!except.contains(name)) {
        assertThat(mine.header(name)).as("%s of %s", name, target).isEqualTo(theirs.header(name));
      }
    }
    if (body) {
      assertThat(mine.body()).as("body of %s", target).isEqualTo(theirs.body());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/R/t.txt",
        "/R/h.html",
        "/R/c.css",
        "/R/j.js",
        "/R/d.json",
        "/R/s.svg",
        "/R/p.png",
        "/R/g.gif",
        "/R/i.jpg",
        "/R/m.mp4",
        "/R/f.pdf",
        "/R/x.xml",
        "/R/a.mp3",
        "/R/z.zip",
        "/R/v.wasm",
        "/R/text",
        "/R/html",
        "/R/png",
        "/R/pdf",
        "/R/gzip",
        "/R/big",
        "/R/sub/a%20b/%C3%BC.txt",
        "/R/index/",
        "/R/link",
        "/R/t.txt/",
        "/R/t.txt?filename=x%20y.html",
        "/R/big?filename=%22%0d%0a%C3%BC.mp4&download=true",
        "/R?format=raw",
        "/R/?format=raw",
        "/R/big?format=raw",
        "/R/t.txt?format=json",
        "/R/t.txt?format=cbor",
        "/R/t.txt?format=foo",
        "/N",
        "/N?format=dag-cbor",
        "/N?format=cbor",
        "/N?format=raw",
        "/N/a/t.txt",
        "/ipfs/bafkqabtimvwgy3yk",
      })
  void filesAndBlocksAreServedAlike(String target) throws IOException {
    compare(true, Set.of(), "GET", target);
    compare(true, Set.of(), "HEAD", target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0-0", "0-9", "5-", "-5", "0-99999999", "999990-", "262143-262144", "1-2,5-6"})
  void rangesAreServedAlike(String range) throws IOException {
    // Named, since Kubo looks for a type in the range itself where a name does not say it.
    compare(true, Set.of(), "GET", "/R/big?filename=b.mp4", "Range: bytes=" + range);
    compare(true, Set.of(), "GET", "/R/big?format=raw", "Range: bytes=0-9");
  }

  @Test
  void rangesBehindTheEndAreRefusedAlike() throws IOException {
    // Kubo leaves headers of the file on its refusal; they are of nothing that is sent.
    Set<String> of = Set.of("etag", "cache-control", "x-ipfs-path", "x-ipfs-roots");
    compare(false, of, "GET", "/R/big", "Range: bytes=1000000-");
  }

  @ParameterizedTest
  @CsvSource({
    "application/vnd.ipld.raw, /R/t.txt",
    "'text/html, application/vnd.ipld.raw', /R/t.txt",
    "text/html, /R/t.txt",
    "*/*, /R/t.txt",
    "application/json, /R/t.txt",
    "application/vnd.ipld.dag-cbor, /N",
  })
  void acceptHeadersAreUnderstoodAlike(String accept, String target) throws IOException {
    compare(true, Set.of(), "GET", target, "Accept: " + accept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/R?format=car",
        "/R/big?format=car",
        "/R/big?format=car&dag-scope=block",
        "/R/big?format=car&dag-scope=entity",
        "/R/sub?format=car&dag-scope=entity",
        "/R/big?format=car&dag-scope=entity&entity-bytes=0:10",
        "/R/big?format=car&dag-scope=entity&entity-bytes=300000:600000",
        "/R/big?format=car&dag-scope=entity&entity-bytes=-10:*",
        "/N?format=car",
        "/N/a/t.txt?format=car",
      })
  void archivesOfBlocksAreTheSame(String target) throws IOException {
    compare(true, Set.of("etag"), "GET", target); // each has its own way to tell requests apart
  }

  @ParameterizedTest
  @ValueSource(strings = {"/R?format=tar", "/R/t.txt?format=tar"})
  void archivesOfFilesHaveTheSameHeaders(String target) throws IOException {
    compare(false, Set.of(), "GET", target); // Kubo writes the time of the request into them
  }

  @ParameterizedTest
  @ValueSource(strings = {"/R", "/R/sub", "/R/sub/a%20b?x=y", "/R//t.txt", "/R/sub/../t.txt"})
  void redirectsAreTheSame(String target) throws IOException {
    // Kubo's has a body, for old clients, and lets scripts see only some of them.
    compare(false, Set.of("content-type", "access-control-allow-origin"), "GET", target);
  }

  @Test
  void listsHaveTheirOwnFace() throws IOException {
    compare(false, Set.of("etag"), "GET", "/R/");
    compare(false, Set.of("etag"), "GET", "/R/sub/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/R/nope",
        "/R/t.txt/x",
        "/N/q",
        "/ipfs/bad",
        "/ipfs/",
        "/R/%2e%2e/t.txt",
        "/N/b",
        "/R?format=dag-json",
        "/R/t.txt?format=dag-cbor",
        "/N?format=dag-json",
        "/R/t.txt?format=car&dag-scope=foo",
        "/R/big?format=car&entity-bytes=x",
      })
  void whatCannotBeHadHasTheSameStatus(String target) throws IOException {
    assertThat(ask(ourPort, "GET", target).status())
        .isEqualTo(ask(kuboPort, "GET", target).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void otherMethodsAreRefusedAlike(String method) throws IOException {
    compare(false, Set.of("x-ipfs-path"), method, "/R/t.txt");
  }

  @ParameterizedTest
  @CsvSource({
    "/R/q?format=car, 404, 200", // Kubo sends what proves that there is no such path
    "/N?format=json, 406, 400", // as for all other codecs
    "/N?format=tar, 406, 500",
    "/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy, 504, 404", // NoFetch
    "/ipns/example.com/, 501, 500",
  })
  void differsOnPurpose(String target, int mine, int theirs) throws IOException {
    assertThat(ask(ourPort, "GET", target).status()).isEqualTo(mine);
    assertThat(ask(kuboPort, "GET", target).status()).isEqualTo(theirs);
  }

  @Test
  void nonsenseRangesAreIgnoredAsHttpHasIt() throws IOException {
    String range = "Range: bytes=4-2";
    assertThat(ask(ourPort, "GET", "/R/t.txt", range).status()).isEqualTo(200);
    assertThat(ask(kuboPort, "GET", "/R/t.txt", range).status()).isEqualTo(400);
  }
}
