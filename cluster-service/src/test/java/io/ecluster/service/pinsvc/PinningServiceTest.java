package io.ecluster.service.pinsvc;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.api.FakeCluster;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.CorsSettings;
import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.config.HttpApiSettings.Timeouts;
import io.ecluster.service.http.Description;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Pinning Services API over a real socket. */
class PinningServiceTest {
  private static final Cid CID = FakeCluster.CID;
  private static final Cid OTHER = FakeCluster.OTHER;
  private static final Instant WHEN = FakeCluster.WHEN;

  private static final Description DESCRIPTION = Description.of(PinningService.class);

  private final FakeCluster cluster = new FakeCluster();
  private final HttpServer server = start(Optional.empty());

  private HttpServer start(Optional<Map<String, String>> users) {
    return PinningService.start(
        new HttpApiSettings(
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
            Optional.empty(),
            Timeouts.STANDARD,
            4096,
            Optional.empty(),
            users,
            "",
            Map.of(),
            CorsSettings.STANDARD),
        cluster,
        Path.of("."),
        InstantSource.fixed(WHEN),
        HttpWatch.NONE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private TestServer.Answer ask(String method, String target, String body) throws IOException {
    return ask(server, method, target, body);
  }

  private static TestServer.Answer ask(
      HttpServer server, String method, String target, String body, String... headers)
      throws IOException {
    String address = server.addresses().getFirst();
    int port = Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
    TestServer.Answer answer = send(port, method, target, body, headers);
    String path = target.split("\\?", 2)[0];
    if (path.startsWith("/pins")) { // whatever is answered is described
      String operation = method + (path.equals("/pins") ? " /pins" : " /pins/{requestid}");
      DESCRIPTION.check(operation, answer);
    }
    return answer;
  }

  private static TestServer.Answer send(
      int port, String method, String target, String body, String... headers) throws IOException {
    return TestServer.ask(
        port,
        method,
        target.replace("{cid}", CID.toString()).replace("{other}", OTHER.toString()),
        body.replace('\'', '"')
            .replace("{cid}", CID.toString())
            .replace("{other}", OTHER.toString())
            .getBytes(StandardCharsets.UTF_8),
        headers);
  }

  /** Puts a pin into the cluster, with what two peers say of it. */
  private void pinned(Cid cid, String name, Instant created, TrackerStatus... statuses) {
    Map<PeerId, PinInfo> peers = new LinkedHashMap<>();
    List<PeerId> ids = List.of(FakeCluster.ONE, FakeCluster.TWO);
    for (int i = 0; i < statuses.length; i++) {
      peers.put(ids.get(i), peer(cid, ids.get(i), statuses[i], i));
    }
    cluster.pins.put(cid, Pin.of(cid, PinOptions.NONE.withName(name)));
    cluster.infos.put(
        cid,
        new GlobalPinInfo(
            cid, name, ids, List.of(), Optional.of(created), Map.of("k", name), peers));
  }

  private static PinInfo peer(Cid cid, PeerId peer, TrackerStatus status, int number) {
    return new PinInfo(
        cid,
        "",
        peer,
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        "",
        Optional.of(peer),
        List.of(Multiaddr.parse("/ip4/10.0.0." + number + "/tcp/4001/p2p/" + peer)),
        status,
        WHEN,
        "",
        0,
        false);
  }

  private static Cid numbered(int i) {
    return Cid.v1(0x55, Multihash.of(0x12, ByteBuffer.allocate(32).putInt(i).array()));
  }

  private static List<String> names(TestServer.Answer answer) {
    List<String> names = new ArrayList<>();
    for (Object result : Json.parseObject(answer.text()).list("results")) {
      names.add(JsonObject.of(result).object("pin").text("name"));
    }
    return names;
  }

  @Test
  void aPinIsAccepted() throws IOException {
    String body =
        "{'cid':'{cid}','name':'my <pin>','meta':{'b':'2','a':'1'},"
            + "'origins':['/ip4/1.2.3.4/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'],"
            + "'unknown':7}";
    TestServer.Answer answer = ask("POST", "/pins", body);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    JsonObject status = Json.parseObject(answer.text());
    assertThat(status.keys())
        .containsExactly("requestid", "status", "created", "pin", "delegates", "info");
    assertThat(status.text("requestid")).isEqualTo(CID.toString());
    assertThat(status.text("status")).isEqualTo("queued");
    assertThat(Instant.parse(status.text("created"))).isEqualTo(WHEN);
    assertThat(status.object("pin").keys()).containsExactly("cid", "name", "origins", "meta");
    assertThat(status.object("pin").object("meta").keys()).containsExactly("a", "b");
    assertThat(status.object("info").keys()).containsExactly("source", "warning1", "warning2");
    PinOptions options = cluster.pinned().options();
    assertThat(options.name()).isEqualTo("my <pin>");
    assertThat(options.metadata()).containsEntry("a", "1");
    assertThat(options.origins()).hasSize(1);
    assertThat(options.direct()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{'name':'x'}",
        "{'cid':''}",
        "{'cid':7}",
        "{'cid':'bogus'}",
        "{'cid':'{cid}','name':7}",
        "{'cid':'{cid}','meta':[]}",
        "{'cid':'{cid}','meta':{'a':1}}",
        "{'cid':'{cid}','origins':'x'}",
        "{'cid':'{cid}','origins':['x']}",
        "{'cid':'{cid}'} {}",
        "{'cid':'{cid}'"
      })
  void aBodyThatIsNoPinIsRefusedAndNothingIsPinned(String body) throws IOException {
    for (String target : List.of("/pins", "/pins/{other}")) {
      pinned(OTHER, "old", WHEN, TrackerStatus.PINNED);
      cluster.calls.clear();
      TestServer.Answer answer = ask("POST", target, body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.lines()).hasSize(1);
      assertThat(Json.parseObject(answer.text()).object("error").text("reason"))
          .startsWith("error decoding request body: ");
      assertThat(cluster.calls).noneMatch(call -> call.startsWith("pin"));
    }
  }

  @ParameterizedTest
  @CsvSource({"255, 202", "256, 400"})
  void aNameHasALimit(int length, int status) throws IOException {
    String name = "é".repeat(length);
    assertThat(ask("POST", "/pins", "{'cid':'{cid}','name':'" + name + "'}").status())
        .isEqualTo(status);
    assertThat(ask("GET", "/pins?name=" + "e".repeat(length), "").status())
        .isEqualTo(status == 202 ? 200 : 400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PINNED,PINNED | pinned",
        "PINNED,REMOTE | pinned",
        "SHARDED,SHARDED | pinned",
        "PINNED,PINNING | pinning",
        "PINNED,PIN_QUEUED | queued",
        "PINNING,PIN_QUEUED | queued",
        "PINNED,PIN_ERROR | failed",
        "CLUSTER_ERROR,PINNING | failed",
        "UNPIN_ERROR,PINNED | failed",
        "'' | queued",
        "UNPINNED,REMOTE | ''",
        "UNPINNING,UNPIN_QUEUED | ''",
        "UNEXPECTEDLY_UNPINNED,REMOTE | ''"
      })
  void theWorstThatAPeerSaysDecides(String statuses, String expected) throws IOException {
    TrackerStatus[] all =
        List.of(statuses.split(",")).stream()
            .filter(text -> !text.isEmpty())
            .map(TrackerStatus::valueOf)
            .toArray(TrackerStatus[]::new);
    pinned(CID, "x", WHEN, all);
    TestServer.Answer one = ask("GET", "/pins/{cid}", "");
    TestServer.Answer list = ask("GET", "/pins", "");
    if (expected.isEmpty()) {
      assertThat(one.status()).isEqualTo(404);
      assertThat(one.text()).isEqualTo("{\"error\":{\"reason\":\"pin not found\"}}\n");
      assertThat(list.text()).isEqualTo("{\"count\":0,\"results\":[]}\n");
    } else {
      assertThat(one.status()).isEqualTo(200);
      assertThat(Json.parseObject(one.text()).text("status")).isEqualTo(expected);
      assertThat(Json.parseObject(one.text()).list("delegates")).hasSize(all.length);
      assertThat(list.text()).contains("\"count\":1").contains(one.text().strip());
      assertThat(names(ask("GET", "/pins?status=" + expected, ""))).containsExactly("x");
    }
  }

  @Test
  void whatNobodyPinnedIsNotThere() throws IOException {
    assertThat(ask("GET", "/pins/{cid}", "").status()).isEqualTo(404);
    TestServer.Answer removed = ask("DELETE", "/pins/{cid}", "");
    assertThat(removed.status()).isEqualTo(404);
    assertThat(removed.text())
        .isEqualTo("{\"error\":{\"reason\":\"pin is not part of the pinset\"}}\n");
    assertThat(ask("POST", "/pins/{other}", "{'cid':'{cid}'}").status()).isEqualTo(404);
    assertThat(cluster.pins).isEmpty();
  }

  @Test
  void theNewestComeFirstAndAllAreCounted() throws IOException {
    for (int i = 0; i < 25; i++) {
      pinned(numbered(i), "n" + i, WHEN.plusSeconds((i * 7L) % 25), TrackerStatus.PINNED);
    }
    TestServer.Answer first = ask("GET", "/pins", "");
    assertThat(Json.parseObject(first.text()).number("count")).isEqualTo(25);
    assertThat(names(first)).hasSize(10);
    List<String> all = names(ask("GET", "/pins?limit=10000", ""));
    assertThat(all).hasSize(25).startsWith(names(first).toArray(String[]::new));
    List<String> paged = new ArrayList<>(names(first));
    String before = WHEN.plusSeconds(15).toString();
    paged.addAll(names(ask("GET", "/pins?limit=100&before=" + before, "")));
    assertThat(paged).isEqualTo(all);
    assertThat(ask("GET", "/pins?limit=0", "").text()).isEqualTo("{\"count\":25,\"results\":[]}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Photo,photo2,notes",
        "name=Photo | Photo",
        "name=photo | ''",
        "name=photo&match=iexact | Photo",
        "name=photo&match=partial | photo2",
        "name=PHOTO&match=ipartial | Photo,photo2",
        "status=pinned | Photo,photo2",
        "status=failed | notes",
        "status=failed,queued | notes",
        "status=queued,bogus | ''",
        "cid={cid} | Photo",
        "cid={cid},{other} | Photo,photo2",
        "cid={cid},{cid} | Photo",
        "cid={cid}&status=failed | ''",
        "before=2026-02-03T04:05:06.5Z | photo2,notes",
        "after=2026-02-03T04:05:06.5Z | ''",
        "after=2026-02-03T04:05:05.5Z | Photo",
        "after=2026-02-03T05:05:05.5%2B01:00 | Photo",
        "meta=%7B%22k%22:%22notes%22%7D | notes",
        "meta=%7B%22k%22:%22x%22%7D | ''",
        "meta=%7B%7D | Photo,photo2,notes"
      })
  void filtersWorkTogether(String query, String expected) throws IOException {
    pinned(CID, "Photo", WHEN, TrackerStatus.PINNED);
    pinned(OTHER, "photo2", WHEN.minusSeconds(1), TrackerStatus.PINNED, TrackerStatus.REMOTE);
    pinned(numbered(1), "notes", WHEN.minusSeconds(2), TrackerStatus.PIN_ERROR);
    List<String> wanted = expected.isEmpty() ? List.of() : List.of(expected.split(","));
    TestServer.Answer answer = ask("GET", "/pins?" + query, "");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(names(answer)).isEqualTo(wanted);
    assertThat(Json.parseObject(answer.text()).number("count")).isEqualTo(wanted.size());
  }

  @ParameterizedTest
  @CsvSource({
    "queued, 526", // with errors, which take precedence
    "failed, 14",
    "pinning, 558",
    "'failed,queued', 526",
    "pinned, 0"
  })
  void peersAreAskedForNoMoreThanIsNeeded(String status, int filter) throws IOException {
    ask("GET", "/pins?status=" + status, "");
    assertThat(cluster.calls).containsExactly("statusAll " + filter + " false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cid=bogus",
        "cid=,",
        "status=bogus",
        "match=fuzzy",
        "before=yesterday",
        "after=7",
        "limit=-1",
        "limit=10001",
        "limit=x",
        "meta=x",
        "meta=[]",
        "meta=%7B%22a%22:1%7D"
      })
  void badQueriesAreTheClientsFault(String query) throws IOException {
    TestServer.Answer answer = ask("GET", "/pins?" + query, "");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(Json.parseObject(answer.text()).object("error").text("reason")).isNotEmpty();
  }

  @Test
  void replacingPinsTheNewOneBeforeTheOldOneGoes() throws IOException {
    pinned(OTHER, "old", WHEN, TrackerStatus.PINNED);
    TestServer.Answer answer = ask("POST", "/pins/{other}", "{'cid':'{cid}','name':'new'}");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(Json.parseObject(answer.text()).text("requestid")).isEqualTo(CID.toString());
    assertThat(cluster.pins).containsOnlyKeys(CID);
    assertThat(cluster.pinned().options().pinUpdate()).contains(OTHER);
    assertThat(cluster.calls).containsSubsequence("pin " + CID, "unpin " + OTHER);
  }

  @Test
  void replacingByItselfKeepsThePin() throws IOException {
    pinned(CID, "old", WHEN, TrackerStatus.PINNED);
    assertThat(ask("POST", "/pins/{cid}", "{'cid':'{cid}','name':'new'}").status()).isEqualTo(202);
    assertThat(cluster.pins).containsOnlyKeys(CID);
    assertThat(cluster.pinned().options().name()).isEqualTo("new");
  }

  @Test
  void aBadRequestIdReplacesNothing() throws IOException {
    for (String method : List.of("POST", "GET", "DELETE")) {
      TestServer.Answer answer = ask(method, "/pins/bogus", "{'cid':'{cid}'}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.lines()).hasSize(1);
    }
    assertThat(cluster.pins).isEmpty();
  }

  @Test
  void removingIsAccepted() throws IOException {
    pinned(CID, "x", WHEN, TrackerStatus.PINNED);
    TestServer.Answer answer = ask("DELETE", "/pins/{cid}", "");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    assertThat(cluster.pins).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"DATA, 1", "META, 1", "SHARD, 0", "CLUSTER_DAG, 0"})
  void thePartsOfACodedPinAreNotShown(PinType type, int count) throws IOException {
    pinned(CID, "x", WHEN, TrackerStatus.PINNED);
    Pin pin = cluster.pinned();
    cluster.pins.put(
        CID, new Pin(CID, type, List.of(), -1, Optional.of(OTHER), pin.options(), pin.timestamp()));
    assertThat(Json.parseObject(ask("GET", "/pins", "").text()).number("count")).isEqualTo(count);
    assertThat(ask("GET", "/pins/{cid}", "").status()).isEqualTo(count == 1 ? 200 : 404);
  }

  @Test
  void everyRouteIsDescribedAndEverythingDescribedIsARoute() throws IOException {
    Set<String> routes = Description.operations(new PinningService(cluster).router());
    routes.addAll(List.of("POST /token", "GET /health")); // which every API has
    assertThat(DESCRIPTION.operations()).isEqualTo(routes);
    assertThat(Description.parse(ask("GET", "/openapi.json", "").text()).operations())
        .isEqualTo(routes);
  }

  @Test
  void itHasUsersOfItsOwn() throws IOException {
    try (HttpServer secured = start(Optional.of(Map.of("me", "pw")))) {
      TestServer.Answer refused = ask(secured, "GET", "/pins", "");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.text())
          .isEqualTo("{\"error\":{\"reason\":\"unauthorized: no auth provided\"}}\n");
      TestServer.Answer token = ask(secured, "POST", "/token", "", "Authorization: Basic bWU6cHc=");
      String bearer = "Authorization: Bearer " + Json.parseObject(token.text()).text("token");
      assertThat(ask(secured, "GET", "/pins", "", bearer).status()).isEqualTo(200);
      assertThat(ask(secured, "GET", "/health", "").status()).isEqualTo(204);
    }
  }

  @Test
  void whatFailsIsToldInItsForm() throws IOException {
    cluster.failWith(new IllegalStateException("broken"));
    TestServer.Answer answer = ask("GET", "/pins", "");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).isEqualTo("{\"error\":{\"reason\":\"broken\"}}\n");
    assertThat(ask("GET", "/nowhere", "").text())
        .isEqualTo("{\"error\":{\"reason\":\"not found\"}}\n");
  }
}
