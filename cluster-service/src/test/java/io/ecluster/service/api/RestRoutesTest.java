package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.core.cluster.FollowerModeException;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerUnreachableException;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.libp2p.Traffic;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route of the HTTP API but those for adding and erasure coding, over a real socket. */
class RestRoutesTest {
  private static final String CID = FakeCluster.CID.toString();
  private static final String OTHER = FakeCluster.OTHER.toString();
  private final TestServer server = new TestServer();

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /id | 200 | id",
        "GET | /peers | 200 | peers",
        "DELETE | /peers/{peer} | 400 | removePeer {peer}",
        "GET | /allocations/{cid} | 200 | allocation {cid}",
        "GET | /allocations | 200 | allocations",
        "GET | /pins | 200 | statusAll 0 false",
        "GET | /pins?local=true | 200 | statusAll 0 true",
        "GET | /pins?local=1 | 200 | statusAll 0 false",
        "GET | /pins?filter=pinned | 200 | statusAll 16 false",
        "GET | /pins?filter=pin_error,%20queued | 200 | statusAll 1540 false",
        "GET | /pins?filter=error,bogus | 200 | statusAll 14 false",
        "GET | /pins/{cid} | 200 | status {cid} false",
        "GET | /pins/{cid}?local=true | 200 | status {cid} true",
        "GET | /pins/{other} | 200 | status {other} false",
        "GET | /pins?cids={cid}&filter=pinned | 200 | status {cid} false",
        "POST | /pins/{cid}/recover | 200 | recover {cid} false",
        "POST | /pins/{cid}/recover?local=true | 200 | recover {cid} true",
        "POST | /pins/recover | 200 | recoverAll false",
        "POST | /pins/recover?local=true | 200 | recoverAll true",
        "POST | /pins/{cid} | 200 | pin {cid}",
        "DELETE | /pins/{cid} | 200 | unpin {cid}",
        "DELETE | /pins/{other} | 404 | unpin {other}",
        "GET | /allocations/{other} | 404 | allocation {other}",
        "POST | /pins/ipfs/{cid}/a/b%20c | 200 | pinPath /ipfs/{cid}/a/b c",
        "POST | /pins/ipfs/{cid}/a;b+c,d=%3B%2B | 200 | pinPath /ipfs/{cid}/a;b+c,d=;+",
        "POST | /pins/ipns/example.org | 200 | pinPath /ipns/example.org",
        "POST | /pins/ipld/{cid} | 200 | pinPath /ipld/{cid}",
        "DELETE | /pins/ipfs/{cid}/a | 200 | unpinPath /ipfs/{cid}/a",
        "POST | /ipfs/gc | 200 | repoGc false",
        "POST | /ipfs/gc?local=true | 200 | repoGc true",
        "GET | /health/graph | 200 | graph",
        "GET | /health/alerts | 200 | alerts",
        "GET | /monitor/metrics | 200 | metricNames",
        "GET | /monitor/metrics/ping | 200 | metrics ping",
        "GET | /monitor/metrics/tag%3Agroup | 200 | metrics tag:group"
      })
  void routesCallTheCluster(String method, String target, int status, String call)
      throws IOException {
    pinned();
    TestServer.Answer answer = server.ask(method, filled(target));
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(server.cluster.calls).containsExactly(filled(call));
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.text()).endsWith("\n");
  }

  private static String filled(String text) {
    return text.replace("{cid}", CID)
        .replace("{other}", OTHER)
        .replace("{peer}", FakeCluster.TWO.toString());
  }

  private void pinned() {
    server.cluster.pins.put(FakeCluster.CID, Pin.of(FakeCluster.CID, PinOptions.NONE));
  }

  @ParameterizedTest
  @CsvSource({"GET, /peers", "GET, /pins", "GET, /allocations", "POST, /pins/recover"})
  void aStreamOfNothingIsNoContent(String method, String target) throws IOException {
    boolean neverEmpty = target.equals("/peers");
    TestServer.Answer answer = server.ask(method, target);
    assertThat(answer.status()).isEqualTo(neverEmpty ? 200 : 204);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.body().length > 0).isEqualTo(neverEmpty);
  }

  @Test
  void aStreamIsOneDocumentALineAndAnEmptyTrailer() throws IOException {
    TestServer.Answer answer = server.ask("GET", "/peers");
    assertThat(answer.header("trailer")).isEqualTo("X-Stream-Error");
    assertThat(answer.lines()).hasSize(2);
    assertThat(answer.trailers()).containsEntry("x-stream-error", "");
    assertThat(Json.parseObject(answer.lines().getLast()).text("error"))
        .isEqualTo("cannot be reached");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"it broke | it broke", "größer → 1 | größer → 1", "a\tb | a b"})
  void anErrorInMidStreamIsInTheTrailer(String message, String told) throws IOException {
    server.cluster.failAfterFirstWith(new IllegalStateException(message + "\r\nX-Evil: 1"));
    TestServer.Answer answer = server.ask("GET", "/peers");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines()).hasSize(1);
    assertThat(answer.trailers()).containsExactly(Map.entry("x-stream-error", told + " X-Evil: 1"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /id",
    "GET, /peers",
    "GET, /pins",
    "GET, /allocations",
    "POST, /pins/recover",
    "POST, /ipfs/gc",
    "GET, /health/graph",
    "GET, /monitor/metrics"
  })
  void anErrorBeforeTheFirstByteIsADocument(String method, String target) throws IOException {
    server.cluster.failWith(new IllegalStateException("needs <3> peers & has 2"));
    TestServer.Answer answer = server.ask(method, target);
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.text())
        .isEqualTo("{\"code\":500,\"message\":\"needs \\u003c3\\u003e peers \\u0026 has 2\"}\n");
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new NotEnoughPeersException("needs 3, has 2"), 409),
        Arguments.of(new FollowerModeException(), 403),
        Arguments.of(new PeerUnreachableException("does not answer", new IOException()), 404),
        Arguments.of(new IllegalArgumentException("cannot unpin a shard directly"), 400),
        Arguments.of(new PinNotFoundException(), 404),
        Arguments.of(new IpfsException("no path", new FormatException("bad")), 400),
        Arguments.of(
            new IpfsException("not there", new BlockNotFoundException(FakeCluster.CID, "gone")),
            404),
        Arguments.of(new IpfsException("the node is away"), 500));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatFailedDecidesTheStatus(RuntimeException error, int status) throws IOException {
    server.cluster.failWith(error);
    TestServer.Answer answer = server.ask("POST", "/pins/" + CID);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(Json.parseObject(answer.text()).number("code")).isEqualTo(status);
    assertThat(Json.parseObject(answer.text()).text("message")).isEqualTo(error.getMessage());
  }

  @Test
  void bandwidthIsToldByProtocol() throws IOException {
    assertThat(server.ask("GET", "/health/bandwidth").text()).isEqualTo("{}\n");
    server.traffic.put("/b", new Traffic(1, 2, 0.5, 0));
    server.traffic.put("", new Traffic(3, 4, 0, 1e9));
    assertThat(server.ask("GET", "/health/bandwidth").text())
        .isEqualTo(
            "{\"\":{\"total_in\":3,\"total_out\":4,\"rate_in\":0,\"rate_out\":1000000000},"
                + "\"/b\":{\"total_in\":1,\"total_out\":2,\"rate_in\":0.5,\"rate_out\":0}}\n");
  }

  @Test
  void theTextOfAMissingPinIsNotFoundWhoeverSaysIt() throws IOException {
    server.cluster.failWith(new IllegalStateException("pin is not part of the pinset"));
    TestServer.Answer answer = server.ask("POST", "/pins/" + CID + "/recover");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text())
        .isEqualTo("{\"code\":404,\"message\":\"pin is not part of the pinset\"}\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /pins/abc",
    "POST, /pins/abc",
    "DELETE, /pins/Qm",
    "GET, /allocations/%20",
    "POST, /pins/abc/recover",
    "GET, /pins?cids=abc",
    "GET, '/pins?cids=,'",
    "GET, '/pins?cids=QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ,'",
    "POST, /pins/ipfs",
    "GET, /pins/QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9Av%C3%A4"
  })
  void badCidsAreRefused(String method, String target) throws IOException {
    assertRefused(server.ask(method, target), "error decoding Cid: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replication-min=x",
        "replication-max=1.5",
        "replication=99999999999",
        "shard-size=-1",
        "shard-size=big",
        "expire-at=tomorrow",
        "expire-in=1",
        "expire-in=500ms",
        "expire-in=-2h",
        "pin-update=abc",
        "origins=/ip4/1.2.3.4/tcp/1",
        "origins=x"
      })
  void badPinOptionsAreRefusedAndNothingIsPinned(String query) throws IOException {
    for (String path : List.of("/pins/" + CID, "/pins/ipfs/" + CID)) {
      TestServer.Answer answer = server.ask("POST", path + "?" + query);
      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
      assertThat(Json.parseObject(answer.text()).number("code")).isEqualTo(400);
      assertThat(server.cluster.calls).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pins?filter=bogus",
        "/pins?filter=undefined",
        "/pins?filter=,",
        "/allocations?filter=bogus",
        "/allocations?filter=,"
      })
  void filtersThatNameNothingAreRefused(String target) throws IOException {
    assertRefused(server.ask("GET", target), "invalid filter value");
  }

  private static void assertRefused(TestServer.Answer answer, String message) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    JsonObject error = Json.parseObject(answer.text());
    assertThat(error.keys()).containsExactly("code", "message");
    assertThat(error.number("code")).isEqualTo(400);
    assertThat(error.text("message")).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource({
    "'', pin meta-pin clusterdag-pin shard-pin",
    "all, pin meta-pin clusterdag-pin shard-pin",
    "pin, pin",
    "'meta-pin,shard-pin', meta-pin shard-pin",
    "'pin,bogus', pin",
    "' clusterdag-pin', clusterdag-pin"
  })
  void allocationsAreFilteredByType(String filter, String types) throws IOException {
    int number = 0;
    for (PinType type : List.of(PinType.DATA, PinType.META, PinType.CLUSTER_DAG, PinType.SHARD)) {
      Pin pin =
          new Pin(
              FakeCluster.CID,
              type,
              List.of(),
              -1,
              Optional.empty(),
              PinOptions.NONE,
              Optional.empty());
      server.cluster.pins.put(io.ecluster.ipfs.TestDag.raw("pin " + number++).cid(), pin);
    }
    String target = "/allocations?filter=" + filter.replace(" ", "%20");
    List<String> seen =
        server.ask("GET", target).lines().stream()
            .map(line -> Json.parseObject(line).text("type"))
            .toList();
    assertThat(String.join(" ", seen)).isEqualTo(types);
  }

  @Test
  void pinOptionsComeFromTheQuery() throws IOException {
    String query =
        "?name=a%20name&mode=direct&replication-min=2&replication-max=3&shard-size=77"
            + "&user-allocations=bogus,"
            + FakeCluster.TWO
            + "&expire-in=1h&meta-b=2&meta-a=1&meta-=x&pin-update="
            + OTHER
            + "&origins=/ip4/1.2.3.4/tcp/5/p2p/"
            + FakeCluster.ONE;
    assertThat(server.ask("POST", "/pins/" + CID + query).status()).isEqualTo(200);
    PinOptions options = server.cluster.pinned().options();
    assertThat(options.name()).isEqualTo("a name");
    assertThat(options.direct()).isTrue();
    assertThat(options.replicationMin()).isEqualTo(2);
    assertThat(options.replicationMax()).isEqualTo(3);
    assertThat(options.shardSize()).isEqualTo(77);
    assertThat(options.userAllocations()).containsExactly(FakeCluster.TWO);
    assertThat(options.expireAt()).contains(FakeCluster.WHEN.plusSeconds(3600));
    assertThat(options.metadata()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
    assertThat(options.pinUpdate()).contains(FakeCluster.OTHER);
    assertThat(options.origins()).hasSize(1);
  }

  @Test
  void replicationAndExpireAtWin() throws IOException {
    String query =
        "?replication=-1&replication-min=2&replication-max=3&expire-in=1h"
            + "&expire-at=2027-01-02T03:04:05.25%2B01:00";
    assertThat(server.ask("POST", "/pins/" + CID + query).status()).isEqualTo(200);
    PinOptions options = server.cluster.pinned().options();
    assertThat(options.everywhere()).isTrue();
    assertThat(options.expireAt()).contains(Instant.parse("2027-01-02T02:04:05.250Z"));
  }

  @Test
  void aPeerIsAddedByTheIdInTheBody() throws IOException {
    byte[] body = ("{\"peer_id\":\"" + FakeCluster.TWO + "\"}").getBytes(StandardCharsets.UTF_8);
    assertThat(server.ask("POST", "/peers", body).status()).isEqualTo(200);
    assertThat(server.cluster.calls).containsExactly("addPeer " + FakeCluster.TWO);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | error decoding request body",
        "[] | error decoding request body",
        "{\"peer_id\":7} | error decoding request body",
        "{\"peer_id\":\"bogus\"} | error decoding peer_id",
        "{} | error decoding peer_id"
      })
  void aBodyWithoutAPeerIsRefused(String body, String message) throws IOException {
    assertRefused(server.ask("POST", "/peers", body.getBytes(StandardCharsets.UTF_8)), message);
    assertThat(server.cluster.calls).isEmpty();
  }

  @Test
  void bodiesAreBounded() throws IOException {
    TestServer.Answer answer = server.ask("POST", "/peers", new byte[70_000]);
    assertRefused(answer, "request body is larger");
  }

  @Test
  void aBadPeerIdIsRefused() throws IOException {
    assertRefused(server.ask("DELETE", "/peers/bogus"), "error decoding Peer ID");
  }

  @Test
  void theVersionIsADocument() throws IOException {
    assertThat(server.ask("GET", "/version").text()).isEqualTo("{\"version\":\"1.1.6\"}\n");
  }

  @Test
  void healthHasNothingToSay() throws IOException {
    TestServer.Answer answer = server.ask("GET", "/health");
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void unknownMetricsAreAnEmptyList() throws IOException {
    assertThat(server.ask("GET", "/monitor/metrics/bogus").text()).isEqualTo("[]\n");
  }

  @Test
  void documentsHaveTheKeysOfGoInTheirOrder() throws IOException {
    pinned();
    assertKeys(
        "GET",
        "/id",
        "id addresses cluster_peers cluster_peers_addresses version commit"
            + " rpc_protocol_version error ipfs peername");
    assertKeys(
        "GET",
        "/allocations/" + CID,
        "replication_factor_min replication_factor_max name"
            + " mode shard_size user_allocations expire_at metadata pin_update origins cid type"
            + " allocations max_depth reference timestamp");
    assertKeys("GET", "/pins/" + CID, "cid name allocations origins created metadata peer_map");
    assertKeys("POST", "/ipfs/gc", "peer_map");
    assertKeys(
        "GET",
        "/health/graph",
        "cluster_id id_to_peername ipfs_links cluster_links"
            + " cluster_trust_links cluster_to_ipfs");
  }

  private void assertKeys(String method, String target, String keys) throws IOException {
    JsonObject document = Json.parseObject(server.ask(method, target).text());
    assertThat(String.join(" ", document.keys())).as(target).isEqualTo(keys);
  }

  @Test
  void statusOfAPeerHasTheKeysOfGo() throws IOException {
    pinned();
    JsonObject info = Json.parseObject(server.ask("GET", "/pins/" + CID).text());
    JsonObject peer = info.object("peer_map").object(FakeCluster.ONE.toString());
    assertThat(String.join(" ", peer.keys()))
        .isEqualTo("peername ipfs_peer_id status timestamp error attempt_count priority_pin");
    assertThat(peer.text("status")).isEqualTo("pinned");
    assertThat(java.time.OffsetDateTime.parse(peer.text("timestamp")).toInstant())
        .isEqualTo(FakeCluster.WHEN);
  }

  @Test
  void metricsCountNanoseconds() throws IOException {
    String text = server.ask("GET", "/monitor/metrics/ping").text();
    assertThat(text)
        .isEqualTo(
            "[{\"name\":\"ping\",\"peer\":\"%s\",\"value\":\"{\\\"a\\\":\\\"\\u003cb\\u003e\\\"}\",\"expire\":1770091506500000000,\"valid\":true,\"weight\":7,\"partitionable\":false,\"received_at\":1770091506500000000}]\n"
                .formatted(FakeCluster.ONE));
    assertThat(server.ask("GET", "/health/alerts").text()).contains(",\"triggered_at\":\"2026-02-");
  }

  @Test
  void collectedKeysAndErrorsAreTold() throws IOException {
    JsonObject peers = Json.parseObject(server.ask("POST", "/ipfs/gc").text()).object("peer_map");
    assertThat(Json.write(peers.object(FakeCluster.ONE.toString()).fields()))
        .isEqualTo(
            "{\"peer\":\"%s\",\"peername\":\"peer one\",\"keys\":[{\"key\":\"%s\"},{\"key\":null,\"error\":\"disk\"}]}"
                .formatted(FakeCluster.ONE, CID));
    assertThat(peers.object(FakeCluster.TWO.toString()).text("error")).isEqualTo("unreachable");
  }
}
