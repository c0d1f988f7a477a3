package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our proxy and the Go program's, each with a Kubo daemon of its own behind, asked the same. Each
 * case leaves both clusters alike.
 */
@NeedsKubo
@NeedsGoCluster
class ProxyLikeGoTest {
  private static final byte[] NOTHING = new byte[0];
  private static final String ORIGIN = "Origin: http://a.example";

  /** What clients and pages go by. */
  private static final List<String> HEADERS =
      List.of(
          "content-type",
          "trailer",
          "vary",
          "access-control-allow-origin",
          "access-control-allow-credentials",
          "access-control-allow-methods",
          "access-control-expose-headers",
          "x-extra");

  @TempDir static Path folder;

  private static Optional<PeerProcesses> ports = Optional.empty();
  private static Optional<KuboProcess> goKubo = Optional.empty();
  private static Optional<KuboProcess> ourKubo = Optional.empty();
  private static Optional<GoPeerProcess> goPeer = Optional.empty();
  private static Optional<PeerProcess> ourPeer = Optional.empty();
  private static int goPort;
  private static int ourPort;

  @BeforeAll
  static void start() throws IOException {
    PeerProcesses all = new PeerProcesses(folder);
    ports = Optional.of(all);
    goPort = all.freePort();
    ourPort = all.freePort();
    KuboProcess forGo = kubo("kubo-go");
    goKubo = Optional.of(forGo);
    GoPeerProcess go =
        GoPeerProcess.init(folder.resolve("go"), all, forGo, settings(forGo, goPort));
    goPeer = Optional.of(go);
    go.start();
    KuboProcess forUs = kubo("kubo-ours");
    ourKubo = Optional.of(forUs);
    PeerProcess ours = all.make("ours", "", settings(forUs, ourPort));
    ourPeer = Optional.of(ours);
    ours.initHere();
    ours.start();
    PeerProcesses.await("our peer answers", () -> ours.api().call("GET", "/id") != null);
  }

  private static Map<String, String> settings(KuboProcess kubo, int port) {
    Map<String, String> settings = new HashMap<>();
    settings.put("CLUSTER_SECRET", "");
    settings.put("CLUSTER_IPFSHTTP_NODEMULTIADDRESS", kubo.api().toString());
    settings.put("CLUSTER_IPFSPROXY_NODEMULTIADDRESS", kubo.api().toString());
    settings.put("CLUSTER_IPFSPROXY_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + port);
    settings.put("CLUSTER_IPFSPROXY_EXTRACTHEADERSEXTRA", "X-Extra");
    return settings;
  }

  private static KuboProcess kubo(String name) {
    KuboProcess kubo = KuboProcess.init(folder.resolve(name), Optional.empty());
    kubo.run(
        "config",
        "--json",
        "API.HTTPHeaders",
        "{\"Access-Control-Allow-Origin\":[\"http://a.example\"],"
            + "\"Access-Control-Allow-Methods\":[\"PUT\",\"POST\"],\"X-Extra\":[\"of Kubo\"]}");
    kubo.start();
    return kubo;
  }

  @AfterAll
  static void stop() {
    ourPeer.ifPresent(PeerProcess::close);
    goPeer.ifPresent(GoPeerProcess::close);
    ourKubo.ifPresent(KuboProcess::close);
    goKubo.ifPresent(KuboProcess::close);
    ports.ifPresent(PeerProcesses::close);
  }

  /** What both answered. */
  private record Both(TestServer.Answer mine, TestServer.Answer theirs) {
    Both alike(String what) {
      assertThat(mine.status()).as("%s: %s", what, mine.text()).isEqualTo(theirs.status());
      for (String name : HEADERS) {
        assertThat(mine.header(name)).as("%s of %s", name, what).isEqualTo(theirs.header(name));
      }
      return this;
    }

    Both sameBody(String what) {
      assertThat(mine.text()).as(what).isEqualTo(theirs.text());
      return this;
    }
  }

  private static Both ask(String method, String target, byte[] body, String... headers)
      throws IOException {
    String full = "/api/v0/" + target;
    return new Both(
        TestServer.ask(ourPort, method, full, body, headers),
        TestServer.ask(goPort, method, full, body, headers));
  }

  private static Both post(String target, String... headers) throws IOException {
    return ask("POST", target, NOTHING, headers);
  }

  private static byte[] upload(byte[] content) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(PeerProcesses.uploadHead());
    body.writeBytes(content);
    body.writeBytes(PeerProcesses.uploadTail());
    return body.toByteArray();
  }

  private static Both add(String query, byte[] content) throws IOException {
    String type = "Content-Type: " + PeerProcesses.UPLOAD_TYPE;
    return ask("POST", "add?" + query, upload(content), type, ORIGIN);
  }

  /** Adds a file and gives its CID. */
  private static String added(long seed) throws IOException {
    byte[] content = new byte[1000];
    new Random(seed).nextBytes(content);
    Both both = add("", content).sameBody("add");
    return Json.parseObject(both.mine().lines().getLast()).text("Hash");
  }

  private static void removeAll(String... cids) throws IOException {
    for (String cid : cids) {
      assertThat(post("pin/rm?arg=" + cid).alike("pin/rm").mine().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "trickle=true", "cid-version=1", "wrap-with-directory=true", "progress=true"})
  void filesAreAddedAlike(String query) throws IOException {
    byte[] content = new byte[700_000];
    new Random(4).nextBytes(content);
    Both both = add(query, content).alike("add");
    assertThat(both.mine().lines()).isEqualTo(both.theirs().lines());
    assertThat(both.mine().trailers()).isEqualTo(both.theirs().trailers());
    String root = Json.parseObject(both.mine().lines().getLast()).text("Hash");
    removeAll(root);
  }

  @Test
  void pinsAreMadeListedAndRemovedAlike() throws IOException {
    String cid = added(1);
    for (String call :
        List.of(
            "pin/ls",
            "pin/ls?arg=" + cid,
            "pin/ls/" + cid,
            "pin/ls?arg=" + cid + "&stream=true",
            "pin/ls?stream=true",
            "pin/ls?s=true",
            "pin/add?arg=" + cid,
            "pin/add?arg=/ipfs/" + cid,
            "pin/add/" + cid,
            "pin/rm/" + cid)) {
      post(call, ORIGIN).alike(call).sameBody(call);
    }
    String lost = "pin/ls?arg=" + cid;
    post(lost).alike(lost).sameBody(lost);
    assertThat(post("pin/rm?arg=" + cid).alike("pin/rm again").mine().status()).isEqualTo(500);
  }

  @ParameterizedTest
  @CsvSource({
    "pin/ls?arg=nothing",
    "pin/ls?arg=/ipfs/QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ",
    "pin/rm?arg=nothing",
    "pin/add?arg=nothing",
    "pin/update?arg=nothing&arg=nothing",
    "add",
  })
  void whatCannotBeDoneHasTheSameStatus(String call) throws IOException {
    Both both = post(call, ORIGIN).alike(call);
    for (TestServer.Answer answer : List.of(both.mine(), both.theirs())) {
      JsonObject error = Json.parseObject(answer.text());
      assertThat(error.keys()).containsExactly("Message", "Code", "Type");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pin/update", "pin/update?arg=x"})
  void missingArgumentsAreNamedAlike(String call) throws IOException {
    post(call).alike(call).sameBody(call);
  }

  @Test
  void pinsAreUpdatedAlike() throws IOException {
    String from = added(2);
    String to = added(3);
    String kept = "pin/update?arg=" + from + "&arg=" + to + "&unpin=false";
    post(kept).alike(kept).sameBody(kept);
    post("pin/ls?arg=" + from).sameBody("the old pin");
    String moved = "pin/update?arg=/ipfs/" + from + "&arg=/ipfs/" + to;
    post(moved).alike(moved).sameBody(moved);
    assertThat(post("pin/ls?arg=" + from).sameBody("gone").mine().status()).isEqualTo(500);
    removeAll(to);
  }

  @Test
  void putsThatArePinnedAreAlike() throws IOException {
    String type = "Content-Type: " + PeerProcesses.UPLOAD_TYPE;
    byte[] block = upload("a block".getBytes(StandardCharsets.UTF_8));
    Both put = ask("POST", "block/put?pin=true&cid-codec=raw", block, type, ORIGIN);
    put.alike("block/put").sameBody("block/put");
    byte[] node = upload("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    Both dag = ask("POST", "dag/put?pin=true", node, type, ORIGIN);
    dag.alike("dag/put").sameBody("dag/put");
    String ofBlock = Json.parseObject(put.mine().text()).text("Key");
    String ofNode = Json.parseObject(dag.mine().text()).object("Cid").text("/");
    for (String cid : List.of(ofBlock, ofNode)) {
      Both pinned = post("pin/ls?arg=" + cid).alike("pin/ls").sameBody("pin/ls");
      assertThat(pinned.mine().status()).isEqualTo(200);
    }
    removeAll(ofBlock, ofNode);
    Both bad = ask("POST", "dag/put?pin=true", upload(NOTHING), type);
    assertThat(bad.mine().status()).isEqualTo(bad.theirs().status()).isNotEqualTo(200);
  }

  @Test
  void repositoriesAreSummedAlike() throws IOException {
    Both both = post("repo/stat", ORIGIN).alike("repo/stat");
    JsonObject mine = Json.parseObject(both.mine().text());
    JsonObject theirs = Json.parseObject(both.theirs().text());
    assertThat(mine.keys()).isEqualTo(theirs.keys());
    assertThat(mine.number("StorageMax")).isEqualTo(theirs.number("StorageMax"));
  }

  @Test
  void garbageIsCollectedAlike() throws IOException {
    String cid = added(5);
    removeAll(cid);
    PeerProcesses.await(
        "the file is garbage in both",
        () ->
            !goKubo.orElseThrow().run("pin", "ls", "--type=recursive").contains(cid)
                && !ourKubo.orElseThrow().run("pin", "ls", "--type=recursive").contains(cid));
    Both both = post("repo/gc?stream-errors=true", ORIGIN).alike("repo/gc");
    assertThat(both.mine().lines()).contains("{\"Key\":{\"/\":\"" + cidOfBlock(cid) + "\"}}");
    assertThat(both.theirs().lines()).contains("{\"Key\":{\"/\":\"" + cidOfBlock(cid) + "\"}}");
  }

  /** Kubo's collection names blocks by their hash alone. */
  private static String cidOfBlock(String cid) {
    var hash = io.ecluster.multiformats.Cid.parse(cid).hash();
    return io.ecluster.multiformats.Cid.v1(io.ecluster.multiformats.Multicodec.RAW, hash)
        .toString();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, version",
    "GET, version",
    "OPTIONS, pin/add",
    "HEAD, pin/ls",
    "POST, nothing/such",
    "POST, repo/stat/x",
    "POST, config/show"
  })
  void allElseIsKubos(String method, String call) throws IOException {
    ask(method, call, NOTHING, ORIGIN, "Access-Control-Request-Method: POST").alike(call);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin: http://a.example", "Origin: http://b.example", "X-None: 1"})
  void pagesAreLetInAlike(String header) throws IOException {
    post("pin/ls?stream=true", header).alike("pin/ls");
    ask("GET", "repo/stat", NOTHING, header).alike("repo/stat");
  }
}
