package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Traffic;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.GroupReport;
import io.ecluster.service.http.Description;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The description, and the server that is held to it. */
class OpenApiTest {
  private static final String TYPE = "Content-Type: multipart/form-data; boundary=b";
  private static final String BODY =
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n";

  private final TestServer server = new TestServer();
  private final FakeReads reads = new FakeReads();
  private final Block file = TestDag.raw("content");
  private Description description = Description.parse("{}");

  @BeforeEach
  void start() throws IOException {
    reads.ipfs.put(List.of(file));
    server
        .routes()
        .with(new AddRoute(new FakeAdder(), TestServer.CLOCK))
        .with(new EcGetRoute(reads.reader(), _ -> ""))
        .with(new EcRecoveryRoute((_, _, _, each) -> each.accept(report()), _ -> "name"));
    server.start();
    description = Description.parse(server.ask("GET", "/openapi.json").text());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static GroupReport report() {
    return new GroupReport(
        FakeCluster.CID,
        "name",
        0,
        1,
        4,
        2,
        "healthy",
        2,
        2,
        List.of(
            new GroupReport.Shard(
                0,
                Optional.of(FakeCluster.OTHER),
                Optional.of(FakeCluster.ONE),
                "ok",
                Optional.empty())),
        0,
        0,
        "");
  }

  @Test
  void everyRouteIsDescribedAndEverythingDescribedIsARoute() {
    assertThat(description.operations())
        .isEqualTo(Description.operations(server.routes().router()));
  }

  /** A request, and the status that it must have. */
  private record Example(
      int status, String operation, String target, String body, List<String> headers) {}

  private static Example example(int status, String operation) {
    return example(status, operation, operation.substring(operation.indexOf(' ') + 1));
  }

  private static Example example(int status, String operation, String target, String... headers) {
    return new Example(status, operation, target, "", List.of(headers));
  }

  private static Example sent(int status, String operation, String target, String body) {
    return new Example(status, operation, target, body, List.of(TYPE));
  }

  private List<Example> examples() {
    List<Example> all =
        new ArrayList<>(
            List.of(
                example(200, "GET /id"),
                example(200, "GET /version"),
                example(200, "GET /peers"),
                sent(200, "POST /peers", "/peers", "{\"peer_id\":\"{peer}\"}"),
                sent(400, "POST /peers", "/peers", "{}"),
                example(400, "DELETE /peers/{peer}"),
                sent(200, "POST /add", "/add", BODY),
                sent(200, "POST /add", "/add?erasure=true&progress=true", BODY),
                sent(200, "POST /add", "/add?stream-channels=false", BODY),
                sent(400, "POST /add", "/add?layout=x", BODY),
                example(200, "GET /allocations"),
                example(204, "GET /allocations", "/allocations?filter=shard-pin"),
                example(400, "GET /allocations", "/allocations?filter=bogus"),
                example(200, "GET /allocations/{hash}"),
                example(404, "GET /allocations/{hash}", "/allocations/{other}"),
                example(200, "GET /pins"),
                example(200, "GET /pins", "/pins?cids={hash},{other}"),
                example(400, "GET /pins", "/pins?filter=bogus"),
                example(200, "POST /pins/recover"),
                example(200, "GET /pins/{hash}"),
                example(200, "GET /pins/{hash}", "/pins/{other}"),
                example(400, "GET /pins/{hash}", "/pins/bogus"),
                example(200, "POST /pins/{hash}/recover"),
                example(200, "POST /pins/{hash}", "/pins/{hash}?name=x&meta-a=b&replication=2"),
                example(400, "POST /pins/{hash}", "/pins/{hash}?expire-in=x"),
                example(200, "DELETE /pins/{hash}"),
                example(404, "DELETE /pins/{hash}", "/pins/{other}"),
                example(200, "POST /ipfs/gc"),
                example(200, "GET /health/graph"),
                example(200, "GET /health/alerts"),
                example(200, "GET /health/bandwidth"),
                example(200, "GET /monitor/metrics"),
                example(200, "GET /monitor/metrics/{name}", "/monitor/metrics/ping"),
                example(200, "GET /monitor/metrics/{name}", "/monitor/metrics/none"),
                example(401, "POST /token"),
                example(204, "GET /health"),
                example(200, "GET /ecget/{hash}", "/ecget/" + file.cid()),
                example(206, "GET /ecget/{hash}", "/ecget/" + file.cid(), "Range: bytes=1-"),
                example(416, "GET /ecget/{hash}", "/ecget/" + file.cid(), "Range: bytes=99-"),
                example(
                    200, "GET /ecget/{hash}", "/ecget/" + file.cid(), "Accept: application/json"),
                example(404, "GET /ecget/{hash}"),
                example(200, "POST /ecrecovery"),
                example(400, "POST /ecrecovery", "/ecrecovery?dry-run=x"),
                example(200, "GET /openapi.json")));
    for (String namespace : List.of("ipfs", "ipns", "ipld")) {
      String path = "/pins/" + namespace + "/{path}";
      String target = "/pins/" + namespace + "/{hash}/a";
      all.add(example(200, "POST " + path, target));
      all.add(example(400, "POST " + path, target + "?pin-update=bogus"));
      all.add(example(200, "DELETE " + path, target));
    }
    return all;
  }

  @Test
  void answersAreWhatTheDescriptionSays() throws IOException {
    Set<String> shown = new TreeSet<>();
    for (Example example : examples()) {
      reset();
      TestServer.Answer answer =
          server.ask(
              example.operation().split(" ")[0],
              filled(example.target()),
              filled(example.body()).getBytes(StandardCharsets.UTF_8),
              example.headers().toArray(String[]::new));
      assertThat(answer.status()).as(example + answer.text()).isEqualTo(example.status());
      description.check(example.operation(), answer);
      shown.add(example.operation());
    }
    assertThat(shown).as("every operation is shown").isEqualTo(description.operations());
  }

  private void reset() {
    server.cluster.pins.clear();
    server.cluster.pins.put(FakeCluster.CID, Pin.of(FakeCluster.CID, PinOptions.NONE));
    server.traffic.put("/a", new Traffic(1, 2, 3, 4.5));
  }

  private static String filled(String text) {
    return text.replace("{hash}", FakeCluster.CID.toString())
        .replace("{other}", FakeCluster.OTHER.toString())
        .replace("{peer}", FakeCluster.TWO.toString());
  }

  @Test
  void failuresAreDescribedForAllOperations() throws IOException {
    server.cluster.failWith(new IllegalStateException("broken"));
    for (String operation : description.operations()) {
      String target = filled(operation.split(" ")[1]).replace("{path}", "x").replace("{name}", "x");
      description.check(operation, server.ask(operation.split(" ")[0], target));
    }
  }

  /** The check checks. */
  @Test
  void anAnswerThatIsNotDescribedIsFound() {
    Cid cid = FakeCluster.CID;
    for (String text :
        List.of("{}", "{\"version\":7}", "{\"version\":\"1\",\"more\":\"" + cid + "\"}")) {
      TestServer.Answer answer =
          new TestServer.Answer(
              200,
              Map.of("content-type", List.of("application/json")),
              text.getBytes(StandardCharsets.UTF_8),
              Map.of());
      assertThatThrownBy(() -> description.check("GET /version", answer))
          .isInstanceOf(AssertionError.class);
    }
  }
}
