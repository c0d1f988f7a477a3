package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddRequest;
import io.ecluster.client.ApiClient;
import io.ecluster.client.ApiException;
import io.ecluster.client.Endpoint;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.ipld.DagLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddRouteTest {
  private static final String TYPE = "Content-Type: " + Bodies.TYPE;
  private static final byte[] BODY =
      Bodies.start()
          .file("a", "hello".getBytes(StandardCharsets.UTF_8))
          .part("d", "application/x-directory", new byte[0])
          .end();

  private final FakeAdder adder = new FakeAdder();
  private final TestServer server = new TestServer();

  @BeforeEach
  void start() {
    server.routes().with(new AddRoute(adder, TestServer.CLOCK));
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void eventsComeAsLines() throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add", BODY, TYPE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("cache-control")).isEqualTo("no-cache");
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(answer.header("x-chunked-output")).isEqualTo("1");
    assertThat(answer.header("trailer")).isEqualTo("X-Stream-Error");
    assertThat(answer.trailers()).isEmpty();
    assertThat(answer.lines())
        .containsExactly(
            "{\"name\":\"a\",\"cid\":\"" + FakeCluster.CID + "\",\"size\":5}",
            "{\"name\":\"d\",\"cid\":\"" + FakeCluster.CID + "\"}",
            "{\"name\":\"\",\"cid\":\""
                + FakeCluster.OTHER
                + "\",\"size\":77,\"allocations\":[\""
                + FakeCluster.ONE
                + "\"]}");
    assertThat(adder.entries).containsExactly("a 5", "d 0");
  }

  @Test
  void aCodedAddEndsWithItsReceipt() throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add?erasure=true", BODY, TYPE);
    JsonObject receipt = Json.parseObject(answer.lines().getLast()).object("erasure");
    assertThat(Json.write(receipt.fields()))
        .isEqualTo(
            "{\"data_shards\":4,\"parity_shards\":2,\"groups\":1,\"size\":1000,\"stored_bytes\":1500,"
                + "\"factor\":\"1.500\",\"margin\":2,\"relaxed\":[\"one \\u003crule\\u003e\"]}");
  }

  @Test
  void withoutStreamingEventsAreOneList() throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add?stream-channels=false", BODY, TYPE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines()).hasSize(1);
    assertThat(Json.parse(answer.text())).isInstanceOf(List.class);
    adder.failAtTheEndWith(new NotEnoughPeersException("too few peers"));
    TestServer.Answer failed = server.ask("POST", "/add?stream-channels=false", BODY, TYPE);
    assertThat(failed.status()).isEqualTo(409);
    assertThat(failed.text()).isEqualTo("{\"code\":409,\"message\":\"too few peers\"}\n");
  }

  @Test
  void aFailureIsInTheTrailer() throws IOException {
    adder.failAtTheEndWith(new NotEnoughPeersException("too few\npeers"));
    TestServer.Answer answer = server.ask("POST", "/add", BODY, TYPE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines()).hasSize(2);
    assertThat(answer.trailers()).containsExactly(Map.entry("x-stream-error", "too few peers"));
  }

  private static Arguments row(String query, Function<AddRequest, Object> read, Object expected) {
    return Arguments.of(query, read, expected);
  }

  static Stream<Arguments> parameters() {
    Function<AddRequest, Object> coding = AddRequest::coding;
    return Stream.of(
        row("", r -> r.dag().rawLeaves(), false),
        row("", r -> r.dag().cidVersion(), 0),
        row("", r -> r.pinIt(), true),
        row("", coding, Optional.empty()),
        row("cid-version=1", r -> r.dag().rawLeaves(), true),
        row("cid-version=1&raw-leaves=false", r -> r.dag().rawLeaves(), false),
        row("raw-leaves=T", r -> r.dag().rawLeaves(), true),
        row("", r -> r.dag().layout(), DagLayout.BALANCED),
        row("layout=trickle", r -> r.dag().layout(), DagLayout.TRICKLE),
        row("", r -> r.format(), AddRequest.Format.UNIXFS),
        row("format=car", r -> r.format(), AddRequest.Format.CAR),
        row("chunker=rabin-16-32-64", r -> r.dag().chunking().toString(), "rabin-16-32-64"),
        row("hash=Blake2b-256&cid-version=1", r -> r.dag().hash().text(), "blake2b-256"),
        row("wrap-with-directory=1", r -> r.wrap(), true),
        row("local=true", r -> r.local(), true),
        row("no-pin=true", r -> r.pinIt(), false),
        row("progress=true", r -> r.progress(), true),
        row("name=a%20b", r -> r.pin().name(), "a b"),
        row("replication-min=2&replication-max=3", r -> r.pin().replicationMax(), 3),
        row("meta-k=v", r -> r.pin().metadata(), Map.of("k", "v")),
        row("erasure=true", r -> r.dag().rawLeaves(), true),
        row("erasure=true", coding, Optional.of(new AddRequest.Coding(4, 2, 100L << 20, false))),
        row(
            "erasure=1&data-shards=10&parity-shards=3&shard-size=77&allow-shared-peers=true",
            coding,
            Optional.of(new AddRequest.Coding(10, 3, 77, true))),
        row("data-shards=10&parity-shards=3", coding, Optional.empty()),
        row(
            "layout=balanced&format=unixfs&hash=SHA2-256&recursive=true&hidden=true",
            coding,
            Optional.empty()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parameters")
  void theQueryBecomesTheRequest(String query, Function<AddRequest, Object> read, Object expected)
      throws IOException {
    assertThat(server.ask("POST", "/add?" + query, BODY, TYPE).status()).isEqualTo(200);
    assertThat(read.apply(adder.requests.getFirst())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raw-leaves=maybe",
        "wrap-with-directory=2",
        "stream-channels=x",
        "local=TrUe",
        "cid-version=x",
        "cid-version=99999999999",
        "layout=round",
        "format=zip",
        "shard=true",
        "erasure=yes",
        "erasure=true&data-shards=x",
        "erasure=true&data-shards=99999999999",
        "erasure=true&shard-size=-1",
        "erasure=true&shard-size=1e6",
        "replication-min=x",
        "expire-in=soon",
        "allow-shared-peers=x&erasure=true"
      })
  void badParametersAreRefusedBeforeAnythingIsRead(String query) throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add?" + query, BODY, TYPE);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(Json.parseObject(answer.text()).keys()).containsExactly("code", "message");
    assertThat(adder.requests).isEmpty();
  }

  /** As in Go: what the options mean together is found out when the adding begins. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hash=md0 | unrecognized hash function: md0; there are blake2s-256,",
        "hash=sha3-256 | CID version 0 has only sha2-256; sha3-256 needs version 1",
        "cid-version=2 | unknown CID version 2",
        "chunker=size-0 | chunker size must be greater than 0",
        "chunker=rabin-8-9-10 | rabin min must be",
        "chunker=bogus | unrecognized chunker option: bogus"
      })
  void aDagThatCannotBeMadeIsAnErrorOfTheStream(String query, String message) throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add?" + query, BODY, TYPE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines()).isEmpty();
    assertThat(answer.trailers().get("x-stream-error")).startsWith(message);
    assertThat(adder.requests).isEmpty();
    TestServer.Answer buffered =
        server.ask("POST", "/add?stream-channels=false&" + query, BODY, TYPE);
    assertThat(buffered.status()).isEqualTo(400);
    assertThat(Json.parseObject(buffered.text()).text("message")).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/plain | request Content-Type isn't multipart/form-data",
        "multipart/form-data; boundary=other | multipart body ends",
        "multipart/form-data | request Content-Type isn't multipart/form-data"
      })
  void otherBodiesAreRefused(String type, String message) throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add", BODY, "Content-Type: " + type);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(Json.parseObject(answer.text()).text("message")).startsWith(message);
  }

  @Test
  void noFileAtAllIsRefused() throws IOException {
    TestServer.Answer answer = server.ask("POST", "/add", Bodies.start().end(), TYPE);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("carries no file");
  }

  @Test
  void aBodyWithoutItsEndFailsTheAdd() throws IOException {
    byte[] cut = Bodies.start().file("a", new byte[1000]).bytes();
    TestServer.Answer answer = server.ask("POST", "/add", cut, TYPE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.trailers().get("x-stream-error")).startsWith("multipart body ends");
  }

  @Test
  void aClientThatGoesAwayFailsTheAdd() throws Exception {
    try (TestServer.Connection connection = server.connect()) {
      connection.send(
          "POST /add HTTP/1.1\r\nHost: x\r\n" + TYPE + "\r\nContent-Length: 1000000\r\n\r\n");
      connection.send(Bodies.start().file("a", new byte[5000]).bytes());
      assertThat(connection.status()).isEqualTo(200);
    }
    assertThat(adder.ended.get(1, TimeUnit.MINUTES)).isPresent();
    assertThat(server.ask("GET", "/id").status()).as("others are served").isEqualTo(200);
  }

  @Test
  void aClientThatWaitsForLeaveToSendGetsIt() throws IOException {
    try (TestServer.Connection connection = server.connect()) {
      connection.send(
          "POST /add HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
              + TYPE
              + "\r\nContent-Length: "
              + BODY.length
              + "\r\n\r\n");
      assertThat(connection.status()).isEqualTo(100);
      assertThat(connection.head()).isEmpty();
      connection.send(BODY);
      assertThat(connection.answer("POST").lines()).hasSize(3);
    }
  }

  @Test
  void aFailureInMidUploadReachesTheClientThatIsStillSending() {
    adder.failAtOnceWith(new NotEnoughPeersException("needs 6 peers, 2 are live"));
    String address = "/ip4/127.0.0.1/tcp/" + server.port();
    ApiClient client =
        new ApiClient(List.of(Endpoint.parse(address)), Optional.empty(), Duration.ofMinutes(1));
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> client.upload("/add", Bodies.TYPE, AddRouteTest::flood, _ -> {}))
          .isInstanceOf(ApiException.class)
          .hasMessage("needs 6 peers, 2 are live");
    }
  }

  private static void flood(OutputStream out) throws IOException {
    out.write(Bodies.start().file("a", new byte[0]).bytes());
    byte[] part = Bodies.start().file("b", new byte[1 << 20]).bytes();
    for (int i = 0; i < 32; i++) {
      out.write(part);
    }
    out.write(Bodies.start().end());
  }
}
