package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiClientTest {
  private static final byte[] FINE = FakeApi.json(200, "{\"ok\":true}");

  @Test
  void theNextHostIsAskedOnlyWhenOneCannotBeReached() throws IOException {
    try (FakeApi dead = FakeApi.answering(new byte[0]);
        FakeApi good = FakeApi.answering(FINE);
        FakeApi spare = FakeApi.answering(FINE)) {
      String refused = "/ip4/127.0.0.1/tcp/" + unusedPort();
      String unknown = "/dns4/no-such-host.invalid/tcp/9094";
      ApiClient client = client(refused, unknown, dead.address(), good.address(), spare.address());
      assertThat(client.call("GET", "/id")).isEqualTo(Map.of("ok", true));
      assertThat(dead.requests()).hasSize(1);
      assertThat(good.requests()).hasSize(1);
      assertThat(spare.requests()).isEmpty();
    }
  }

  @Test
  void everyAddressOfANameIsTried() {
    try (FakeApi dead = FakeApi.answering(new byte[0]);
        FakeApi good = FakeApi.answering(FINE)) {
      Route name = route(Endpoint.parse(dead.address()), Endpoint.parse(good.address()));
      ApiClient client = new ApiClient(List.of(name), Optional.empty(), Duration.ZERO);
      assertThat(client.call("GET", "/id")).isEqualTo(Map.of("ok", true));
      assertThat(dead.requests()).hasSize(1);
    }
  }

  private static Route route(Endpoint first, Endpoint second) {
    return new Route() {
      @Override
      public String hostHeader() {
        return "name";
      }

      @Override
      public List<Dialer> dialers() throws IOException {
        return List.of(first.dialers().getFirst(), second.dialers().getFirst());
      }
    };
  }

  @Test
  void eachRequestIsATraceOfItsOwnAndIsLogged() {
    List<String> log = new ArrayList<>();
    try (FakeApi api = FakeApi.answering(FINE)) {
      Endpoint endpoint = Endpoint.parse(api.address());
      ApiClient client =
          new ApiClient(List.of(endpoint), Optional.of("me:secret"), Duration.ZERO, log::add);
      client.call("GET", "/id");
      client.call("GET", "/id");
      assertThat(api.requests())
          .extracting(request -> request.headers().getOrDefault("traceparent", ""))
          .allMatch(trace -> trace.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00"))
          .doesNotHaveDuplicates();
      String line = "GET http://" + endpoint.hostHeader() + "/id";
      assertThat(log).containsExactly(line, line).noneMatch(text -> text.contains("secret"));
    }
  }

  @Test
  void anErrorIsFinal() {
    try (FakeApi bad = FakeApi.answering(FakeApi.json(500, "{\"code\":500,\"message\":\"no\"}"));
        FakeApi spare = FakeApi.answering(FINE)) {
      assertFails(client(bad.address(), spare.address()), 500, "no");
      assertThat(spare.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | {\"code\":404,\"message\":\"not found\"} | not found",
        "401 | {\"code\":401,\"message\":\"unauthorized: x\"} | unauthorized: x",
        "502 | <html>bad gateway</html> | <html>bad gateway</html>",
        "503 | '' | HTTP status 503",
        "500 | {\"other\":1} | HTTP status 500",
        "500 | [] | []",
        "307 | '' | HTTP status 307",
        "400 | {\"code\":\"x\",\"message\":\"odd code\"} | odd code"
      })
  void errorsAreTold(int status, String body, String message) {
    try (FakeApi api = FakeApi.answering(FakeApi.json(status, body))) {
      assertFails(client(api.address()), status, message);
    }
  }

  private static void assertFails(ApiClient client, int code, String message) {
    assertThatThrownBy(() -> client.call("GET", "/x"))
        .isInstanceOf(ApiException.class)
        .hasMessage(message)
        .extracting(e -> ((ApiException) e).code())
        .isEqualTo(code);
  }

  @Test
  void anErrorBehindTheLinesIsThrownAfterThem() {
    try (FakeApi api = FakeApi.answering(FakeApi.lines("disk full", "{\"a\":1}", "{\"a\":2}"))) {
      List<Long> seen = new ArrayList<>();
      assertThatThrownBy(
              () -> client(api.address()).stream("GET", "/x", d -> seen.add(d.number("a"))))
          .isInstanceOf(ApiException.class)
          .hasMessage("disk full");
      assertThat(seen).containsExactly(1L, 2L);
    }
  }

  @Test
  void noContentIsNoDocument() {
    try (FakeApi api =
        FakeApi.answering("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.UTF_8))) {
      assertThat(client(api.address()).call("DELETE", "/x")).isNull();
      client(api.address()).stream("GET", "/x", d -> assertThat(d).isNull());
    }
  }

  @Test
  void unixSocketsWork() throws IOException {
    Path folder = Files.createTempDirectory("api"); // a socket's path must be short
    Path socket = folder.resolve("s");
    try (FakeApi api = FakeApi.onUnixSocket(socket, (_, out) -> out.write(FINE))) {
      assertThat(api.address()).isEqualTo("/unix/" + socket);
      assertThat(client(api.address()).call("GET", "/id")).isEqualTo(Map.of("ok", true));
      assertThat(api.onlyRequest().headers()).containsEntry("host", "localhost");
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(folder);
    }
  }

  @Test
  void credentialsGoWithEveryRequest() {
    try (FakeApi api = FakeApi.answering(FINE)) {
      ApiClient client =
          new ApiClient(
              List.of(Endpoint.parse(api.address())), Optional.of("me:sécret"), Duration.ZERO);
      client.call("GET", "/id");
      client.upload("/add", "x/y", out -> out.write(1), _ -> {});
      assertThat(api.requests())
          .hasSize(2)
          .allSatisfy(r ->
              assertThat(r.headers()).containsEntry("authorization", "Basic bWU6c8OpY3JldA=="));
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (FakeApi api = FakeApi.start((_, _) -> await(over))) {
      ApiClient client =
          new ApiClient(
              List.of(Endpoint.parse(api.address())), Optional.empty(), Duration.ofMillis(50));
      assertFails(client, 0, "no answer within the time given");
    } finally {
      over.countDown();
    }
  }

  @Test
  void theBodyGoesUpWhileTheAnswerComesDown() {
    byte[] first = "HTTP/1.1 200 OK\r\n\r\n{\"n\":1}\n".getBytes(StandardCharsets.UTF_8);
    CountDownLatch seen = new CountDownLatch(1);
    try (FakeApi api = FakeApi.early((_, out) -> out.write(first))) {
      client(api.address())
          .upload(
              "/add",
              "x/y",
              out -> {
                await(seen); // the server has answered before it got the body
                out.write(1);
              },
              document -> {
                assertThat(document.number("n")).isEqualTo(1);
                seen.countDown();
              });
    }
  }

  @Test
  void aBodyOfAnySizeArrivesWhole() {
    for (int size : List.of(0, 1, 100, 262_143, 262_144, 262_145, 1_000_000)) {
      byte[] body = new byte[size];
      new java.util.Random(size).nextBytes(body);
      try (FakeApi api = FakeApi.answering(FINE)) {
        client(api.address()).upload("/add", "x/y", out -> out.write(body), _ -> {});
        assertThat(api.onlyRequest().body()).as("%d bytes", size).isEqualTo(body);
      }
    }
  }

  @Test
  void anErrorInMidUploadIsToldAlthoughTheBodyIsNotRead() {
    byte[] answer = FakeApi.json(400, "{\"code\":400,\"message\":\"no thanks\"}");
    try (FakeApi api = FakeApi.early((_, out) -> out.write(answer))) {
      assertThatThrownBy(
              () -> client(api.address()).upload("/add", "x/y", ApiClientTest::flood, _ -> {}))
          .isInstanceOf(ApiException.class)
          .hasMessage("no thanks");
    }
  }

  private static void flood(OutputStream out) throws IOException {
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < 64; i++) {
      out.write(block);
    }
  }

  static Stream<RuntimeException> sourceFailures() {
    return Stream.of(
        new SourceException("cannot read x"), new IllegalStateException("not expected"));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("sourceFailures")
  void aSourceThatFailsEndsTheUpload(RuntimeException failure) {
    try (FakeApi api = FakeApi.answering(FINE)) {
      assertThatThrownBy(
              () -> client(api.address()).upload("/add", "x/y", out -> fail(out, failure), _ -> {}))
          .isSameAs(failure);
      assertThat(api.requests()).isEmpty(); // the body never ended
    }
  }

  private static void fail(OutputStream out, RuntimeException failure) throws IOException {
    out.write(new byte[1_000_000]);
    throw failure;
  }

  @Test
  void noHostAtAllIsAnError() {
    assertFails(client(), 0, "no host given");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pins/a b", "/pins/a\r\nX: y", "/pins/\u0000"})
  void aTargetCannotSmuggleLines(String target) {
    try (FakeApi api = FakeApi.answering(FINE)) {
      assertThatThrownBy(() -> client(api.address()).call("GET", target))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(api.requests()).isEmpty();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static ApiClient client(String... addresses) {
    return new ApiClient(
        Stream.of(addresses).map(Endpoint::parse).toList(), Optional.empty(), Duration.ZERO);
  }
}
