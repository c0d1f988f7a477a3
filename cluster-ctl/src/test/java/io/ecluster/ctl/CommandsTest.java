package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import io.ecluster.client.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each command against answers as the Go peer gives them. */
class CommandsTest {
  private static final String PIN =
      "{\"replication_factor_min\":2,\"replication_factor_max\":3,\"name\":\"my pin\",\"mode\":\"recursive\","
          + "\"shard_size\":0,\"user_allocations\":null,\"expire_at\":\"0001-01-01T00:00:00Z\","
          + "\"metadata\":{},\"pin_update\":null,\"origins\":null,\"cid\":\""
          + Ctl.CID
          + "\",\"type\":\"pin\",\"allocations\":[\""
          + Ctl.ONE
          + "\",\""
          + Ctl.TWO
          + "\"],\"max_depth\":-1,\"reference\":null,\"timestamp\":\"2026-02-03T04:05:06+01:00\"}";

  private static final String META =
      "{\"replication_factor_min\":-1,\"replication_factor_max\":-1,\"name\":\"\",\"mode\":\"direct\","
          + "\"shard_size\":104857600,\"data_shards\":4,\"parity_shards\":2,\"user_allocations\":[],"
          + "\"expire_at\":\"2027-01-02T03:04:05.123456789Z\",\"metadata\":{\"a\":\"b\"},\"pin_update\":null,"
          + "\"origins\":[],\"cid\":\""
          + Ctl.OTHER
          + "\",\"type\":\"meta-pin\",\"allocations\":null,\"max_depth\":0,\"reference\":\""
          + Ctl.CID
          + "\",\"timestamp\":\"0001-01-01T00:00:00Z\"}";

  private static final String STATUS =
      "{\"cid\":\""
          + Ctl.CID
          + "\",\"name\":\"my pin\",\"allocations\":[],\"origins\":[],"
          + "\"created\":\"2026-02-03T04:05:06Z\",\"metadata\":null,\"peer_map\":{\""
          + Ctl.ONE
          + "\":{\"peername\":\"peer one\",\"status\":\"pin_error\",\"timestamp\":\"2026-02-03T04:05:06.789Z\","
          + "\"error\":\"context deadline exceeded\",\"attempt_count\":3,\"priority_pin\":true},\""
          + Ctl.TWO
          + "\":{\"peername\":\"\",\"status\":\"pinned\",\"timestamp\":\"2026-02-03T04:05:06+02:00\","
          + "\"error\":\"\",\"attempt_count\":0,\"priority_pin\":false}}}";

  private static final String STATUS_TEXT =
      Ctl.CID
          + " | my pin:\n"
          + "    > "
          + Ctl.TWO
          + " : PINNED | 2026-02-03T04:05:06+02:00 | Attempts: 0 | Priority: false\n"
          + "    > peer one             : PIN_ERROR: context deadline exceeded | 2026-02-03T04:05:06.789Z"
          + " | Attempts: 3 | Priority: true\n";

  private static final String PEER =
      "{\"id\":\""
          + Ctl.ONE
          + "\",\"addresses\":[\"/ip4/9.9.9.9/tcp/1\",\"/ip4/1.1.1.1/tcp/1\"],"
          + "\"cluster_peers\":[\""
          + Ctl.ONE
          + "\",\""
          + Ctl.TWO
          + "\"],\"cluster_peers_addresses\":null,"
          + "\"version\":\"1.1.6\",\"commit\":\"\",\"rpc_protocol_version\":\"/ipfscluster/1.0/rpc\",\"error\":\"\","
          + "\"ipfs\":{\"id\":\""
          + Ctl.TWO
          + "\",\"addresses\":[\"/ip4/2.2.2.2/tcp/1\"],\"error\":\"\"},\"peername\":\"peer one\"}";

  private static final String PEER_TEXT =
      Ctl.ONE
          + " | peer one | Sees 1 other peers\n  > Addresses:\n    - /ip4/1.1.1.1/tcp/1\n"
          + "    - /ip4/9.9.9.9/tcp/1\n  > IPFS: "
          + Ctl.TWO
          + "\n    - /ip4/2.2.2.2/tcp/1\n";

  private static final String PIN_TEXT =
      Ctl.CID
          + " | my pin | PIN | Repl. Factor: 2--3 | Allocations: ["
          + Ctl.TWO
          + " "
          + Ctl.ONE
          + "] | Recursive | Metadata: no | Exp: ∞ | Added: 2026-02-03 04:05:06\n";

  private static final String META_TEXT =
      Ctl.OTHER
          + " |  | META-PIN-DIRECT | Repl. Factor: -1 | Allocations: [everywhere] | Direct"
          + " | Metadata: yes | Exp: 2027-01-02 03:04:05 | Added: unknown\n";

  private static final String GC =
      "{\"peer_map\":{\""
          + Ctl.ONE
          + "\":{\"peer\":\""
          + Ctl.ONE
          + "\",\"peername\":\"one\",\"keys\":[{\"key\":\""
          + Ctl.CID
          + "\"},{\"key\":null,\"error\":\"disk\"}]},\""
          + Ctl.TWO
          + "\":{\"peer\":\""
          + Ctl.TWO
          + "\",\"peername\":\"\",\"keys\":null,\"error\":\"unreachable\"}}}";

  private static final String GC_TEXT =
      Ctl.TWO
          + " | ERROR: unreachable\n  > CIDs:\none            \n  > CIDs:\n    - "
          + Ctl.CID
          + "\n    - ERROR: disk\n";

  static Stream<Arguments> documents() {
    return Stream.of(
        Arguments.of("id", "GET /id", PEER, PEER_TEXT),
        Arguments.of("version", "GET /version", "{\"version\":\"1.1.6\"}", "1.1.6\n"),
        Arguments.of("pin ls " + Ctl.CID, "GET /allocations/" + Ctl.CID, PIN, PIN_TEXT),
        Arguments.of("status " + Ctl.CID, "GET /pins/" + Ctl.CID, STATUS, STATUS_TEXT),
        Arguments.of(
            "status --local " + Ctl.CID,
            "GET /pins/" + Ctl.CID + "?local=true",
            STATUS,
            STATUS_TEXT),
        Arguments.of(
            "recover " + Ctl.CID, "POST /pins/" + Ctl.CID + "/recover", STATUS, STATUS_TEXT),
        Arguments.of(
            "recover --local " + Ctl.CID,
            "POST /pins/" + Ctl.CID + "/recover?local=true",
            STATUS,
            STATUS_TEXT),
        Arguments.of("ipfs gc", "POST /ipfs/gc", GC, GC_TEXT),
        Arguments.of("ipfs gc --local", "POST /ipfs/gc?local=true", "{\"peer_map\":{}}", ""));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void oneDocumentIsPrintedAsTextOrJson(String line, String request, String answer, String text) {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, answer))) {
      assertThat(Ctl.run(api, line.split(" "))).isEqualTo(new Ctl.Result(0, text, ""));
      assertThat(Ctl.run(api, ("--enc json " + line).split(" ")))
          .isEqualTo(new Ctl.Result(0, Json.writeIndented(Json.parse(answer), "    ") + "\n", ""));
      assertThat(api.requests())
          .allSatisfy(r -> assertThat(r.method() + " " + r.target()).isEqualTo(request));
    }
  }

  static Stream<Arguments> streams() {
    String failed = "{\"id\":\"" + Ctl.TWO + "\",\"error\":\"unreachable\"}";
    return Stream.of(
        Arguments.of(
            "peers ls",
            "GET /peers",
            List.of(PEER, failed),
            PEER_TEXT + Ctl.TWO + " | ERROR: unreachable\n"),
        Arguments.of(
            "pin ls", "GET /allocations?filter=all", List.of(PIN, META), PIN_TEXT + META_TEXT),
        Arguments.of(
            "pin ls --filter pin,meta-pin",
            "GET /allocations?filter=pin%2Cmeta-pin",
            List.of(PIN),
            PIN_TEXT),
        Arguments.of("status", "GET /pins", List.of(STATUS, STATUS), STATUS_TEXT + STATUS_TEXT),
        Arguments.of(
            "status --filter pinned --local",
            "GET /pins?local=true&filter=pinned",
            List.of(STATUS),
            STATUS_TEXT),
        Arguments.of(
            "status " + Ctl.CID + " " + Ctl.OTHER,
            "GET /pins?cids=" + Ctl.CID + "%2C" + Ctl.OTHER,
            List.of(STATUS),
            STATUS_TEXT),
        Arguments.of("recover", "POST /pins/recover", List.of(STATUS), STATUS_TEXT),
        Arguments.of("recover --local", "POST /pins/recover?local=true", List.of(), ""));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void streamsArePrintedAsTextOrJson(
      String line, String request, List<String> answers, String text) {
    byte[] answer = FakeApi.lines("", answers.toArray(String[]::new));
    try (FakeApi api = FakeApi.answering(answer)) {
      assertThat(Ctl.run(api, line.split(" "))).isEqualTo(new Ctl.Result(0, text, ""));
      StringBuilder json = new StringBuilder();
      answers.forEach(a -> json.append(Json.writeIndented(Json.parse(a), "    ")).append('\n'));
      assertThat(Ctl.run(api, ("--enc=json " + line).split(" ")))
          .isEqualTo(new Ctl.Result(0, json.toString(), ""));
      assertThat(api.requests())
          .allSatisfy(r -> assertThat(r.method() + " " + r.target()).isEqualTo(request));
    }
  }

  @Test
  void whatCameBeforeAnErrorIsPrinted() {
    try (FakeApi api = FakeApi.answering(FakeApi.lines("peer 3 is gone", STATUS))) {
      Ctl.Result result = Ctl.run(api, "status");
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out())
          .isEqualTo(STATUS_TEXT + "An error occurred:\n  Code: 500\n  Message: peer 3 is gone\n");
    }
  }

  @Test
  void metricNamesAreListed() {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, "[\"ping\",\"freespace\"]"))) {
      assertThat(Ctl.run(api, "health", "metrics"))
          .isEqualTo(new Ctl.Result(0, "ping\nfreespace\n", ""));
      assertThat(api.onlyRequest().target()).isEqualTo("/monitor/metrics");
    }
  }

  @Test
  void metricsAreToldWithTheirSizes() {
    String metric =
        "[{\"name\":\"freespace\",\"peer\":\"p\",\"value\":\"9800000000\",\"expire\":0,\"valid\":true,\"weight\":9800000000,\"partitionable\":false,\"received_at\":0}]";
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, metric))) {
      Ctl.Result result = Ctl.run(api, "health", "metrics", "freespace");
      assertThat(result.out())
          .matches("p \\| freespace: 9\\.8 GB \\| Expires in: \\d+ years ago\n");
      assertThat(Ctl.run(api, "health", "metrics", "tag:a b").code()).isZero();
      assertThat(api.requests().getLast().target()).isEqualTo("/monitor/metrics/tag%3Aa%20b");
    }
  }

  @Test
  void trafficIsToldByProtocol() {
    String answer =
        "{\"/b\":{\"total_in\":1500,\"total_out\":9,\"rate_in\":1.005,\"rate_out\":0},"
            + "\"\":{\"total_in\":0,\"total_out\":12000000,\"rate_in\":12345678.9,\"rate_out\":1e-7}}";
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, answer))) {
      assertThat(Ctl.run(api, "health", "bandwidth").out())
          .isEqualTo(
              " ".repeat(25)
                  + ": In:     0 B. Out:   12 MB. RateIn: 12345678.90B/s. RateOut: 0.00B/s\n"
                  + " ".repeat(23)
                  + "/b: In:  1.5 kB. Out:     9 B. RateIn: 1.00B/s. RateOut: 0.00B/s\n");
      assertThat(Ctl.run(api, "--enc", "json", "health", "bandwidth").out())
          .contains("\"rate_in\": 12345678.9,", "\"rate_out\": 1e-7\n");
      assertThat(api.requests()).allMatch(r -> r.target().equals("/health/bandwidth"));
    }
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, "{}"))) {
      assertThat(Ctl.run(api, "health", "bandwidth").out()).isEmpty();
    }
  }

  @Test
  void alertsAreTold() {
    String alert =
        "[{\"name\":\"ping\",\"peer\":\"p\",\"expire\":0,\"triggered_at\":\"1970-01-01T00:00:00Z\"}]";
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, alert))) {
      assertThat(Ctl.run(api, "health", "alerts").out())
          .matches("p: ping\\. Expired at: \\d+ years ago\\. Triggered at: \\d+ years ago\n");
    }
  }

  @Test
  void removingAPeerPrintsNothing() {
    try (FakeApi api =
        FakeApi.answering("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.UTF_8))) {
      assertThat(Ctl.run(api, "peers", "rm", Ctl.ONE)).isEqualTo(new Ctl.Result(0, "", ""));
      assertThat(api.onlyRequest().target()).isEqualTo("/peers/" + Ctl.ONE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pin add --ns {cid} | POST | /pins/ipfs/{cid}?mode=recursive",
        "pin add --no-status --name x --mode direct {cid} | POST | /pins/ipfs/{cid}?name=x&mode=direct",
        "pin add --ns -r -1 {cid} | POST | /pins/ipfs/{cid}?replication=-1&mode=recursive",
        "pin add --ns --rmin 2 --rmax=3 {cid} | POST | /pins/ipfs/{cid}?replication-min=2&replication-max=3&mode=recursive",
        "pin add -ns -rmin 2 {cid} | POST | /pins/ipfs/{cid}?replication-min=2&mode=recursive",
        "pin add --ns --metadata a=b --metadata c=d=e {cid} | POST | /pins/ipfs/{cid}?mode=recursive&meta-a=b&meta-c=d%3De",
        "pin add --ns --allocs {one} {cid} | POST | /pins/ipfs/{cid}?user-allocations={one}&mode=recursive",
        "pin add --ns --metadata a= {cid} | POST | /pins/ipfs/{cid}?mode=recursive&meta-a=",
        "pin add --ns {cid}/a/b | POST | /pins/ipfs/{cid}/a/b?mode=recursive",
        "pin add --ns --name @name {cid} | POST | /pins/ipfs/{cid}?name=%40name&mode=recursive",
        "pin add --ns --name -x {cid} | POST | /pins/ipfs/{cid}?name=-x&mode=recursive",
        "pin add --ns --name status -- {cid} | POST | /pins/ipfs/{cid}?name=status&mode=recursive",
        "--force-http --basic-auth pin pin rm --ns {cid} | DELETE | /pins/ipfs/{cid}",
        "pin add --ns /ipld/{cid} | POST | /pins/ipld/{cid}?mode=recursive",
        "pin add --ns=false --no-status --wait=false {cid} | POST | /pins/ipfs/{cid}?mode=recursive",
        "pin update --ns {cid} {cid} | POST | /pins/ipfs/{cid}?pin-update={cid}",
        "pin update --ns -n x {cid} /ipns/a.b/c | POST | /pins/ipns/a.b/c?name=x&pin-update={cid}",
        "pin add {cid} --ns | POST | /pins/ipfs/{cid}?mode=recursive",
        "pin add --ns /ipfs/{cid}/a/b | POST | /pins/ipfs/{cid}/a/b?mode=recursive",
        "pin add --ns /ipfs//{cid}/a+b;c/ | POST | /pins/ipfs/{cid}/a%2Bb%3Bc?mode=recursive",
        "pin add --ns /ipns/example.org | POST | /pins/ipns/example.org?mode=recursive",
        "pin rm --ns {cid} | DELETE | /pins/ipfs/{cid}",
        "pin rm --ns /ipfs/{cid}/a | DELETE | /pins/ipfs/{cid}/a"
      })
  void pinsAreAddedAndRemoved(String line, String method, String target) {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, PIN))) {
      assertThat(Ctl.run(api, filled(line).split(" "))).isEqualTo(new Ctl.Result(0, PIN_TEXT, ""));
      assertThat(api.onlyRequest().method()).isEqualTo(method);
      assertThat(api.onlyRequest().target()).isEqualTo(filled(target));
    }
  }

  @Test
  void theTimeToUnpinIsReckonedHere() {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, PIN))) {
      Waits noon = new Waits(() -> Instant.parse("2026-01-01T12:00:00Z"), _ -> {});
      String[] line = {
        "--host", api.address(), "pin", "add", "--ns", "--expire-in", "1h30m", Ctl.CID
      };
      assertThat(Ctl.run(Map.of(), noon, line).code()).isZero();
      String query = URLDecoder.decode(api.onlyRequest().target(), StandardCharsets.UTF_8);
      String time = query.replaceFirst(".*expire-at=", "");
      assertThat(OffsetDateTime.parse(time).toInstant())
          .isEqualTo(Instant.parse("2026-01-01T13:30:00Z"));
    }
  }

  private static String filled(String text) {
    return text.replace("{cid}", Ctl.CID).replace("{one}", Ctl.ONE);
  }

  @Test
  void groupsAreToldOfWithTheirShards() {
    String group =
        "{\"cid\":\""
            + Ctl.CID
            + "\",\"name\":\"f\",\"group\":0,\"groups\":2,\"data_shards\":1,\"parity_shards\":1,"
            + "\"state\":\"repaired\",\"margin\":0,\"margin_after\":1,\"shards\":["
            + "{\"column\":0,\"cid\":\"x\",\"peer\":\"p\",\"peername\":\"one\",\"state\":\"ok\",\"new_peer\":\"\",\"new_peername\":\"\"},"
            + "{\"column\":1,\"cid\":\"y\",\"peer\":\"q\",\"peername\":\"\",\"state\":\"rebuilt\",\"new_peer\":\"r\",\"new_peername\":\"two\"}],"
            + "\"bytes_to_read\":1000,\"bytes_to_write\":2000,\"error\":\"\"}";
    String text =
        Ctl.CID
            + " | f | group 1 of 2 | 1+1 | Margin: 0 -> 1 | REPAIRED | reads 1.0 kB, writes 2.0 kB\n"
            + "    > data 0    : ok       : one (p)\n"
            + "    > parity 0  : rebuilt  : q -> two (r)\n";
    try (FakeApi api = FakeApi.answering(FakeApi.lines("", group))) {
      assertThat(Ctl.run(api, "ecrecovery")).isEqualTo(new Ctl.Result(0, text, ""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ecrecovery | /ecrecovery",
        "ecrecovery --dry-run | /ecrecovery?dry-run=true",
        "ecrecovery --verify | /ecrecovery?verify=true",
        "ecrecovery --verify --dry-run {cid} | /ecrecovery?dry-run=true&verify=true&cid={cid}"
      })
  void repairIsAskedForAsTold(String line, String target) {
    try (FakeApi api =
        FakeApi.answering("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.UTF_8))) {
      assertThat(Ctl.run(api, filled(line).split(" "))).isEqualTo(new Ctl.Result(0, "", ""));
      assertThat(api.onlyRequest().method()).isEqualTo("POST");
      assertThat(api.onlyRequest().target()).isEqualTo(filled(target));
    }
  }

  @ParameterizedTest
  @CsvSource({"healthy,0", "repaired,0", "failed,2", "unrepairable,2"})
  void groupsThatCouldNotBeRepairedFailTheCommand(String state, int code) {
    String group = "{\"cid\":\"c\",\"name\":\"f\",\"state\":\"" + state + "\",\"error\":\"why\"}";
    try (FakeApi api = FakeApi.answering(FakeApi.lines("", group, "{\"state\":\"healthy\"}"))) {
      Ctl.Result result = Ctl.run(api, "ecrecovery");
      assertThat(result.code()).isEqualTo(code);
      assertThat(result.out()).contains("    ! why\n");
      assertThat(result.err())
          .isEqualTo(code == 0 ? "" : "error repairing: 1 group could not be repaired\n");
    }
  }
}
