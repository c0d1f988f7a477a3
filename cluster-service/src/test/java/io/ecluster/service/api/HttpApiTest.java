package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import io.ecluster.client.JsonObject;
import io.ecluster.service.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is true of every request: paths, methods, authentication, listeners, limits. */
class HttpApiTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /nowhere, 404",
    "GET, /, 404",
    "GET, /id/x, 404",
    "GET, /id;x=y, 404",
    "GET, /pins/a/b/c, 404",
    "DELETE, /id, 404",
    "POST, /id, 404",
    "POST, /health, 405",
    "DELETE, /health, 405",
    "HEAD, /id, 405",
    "PUT, /id, 405",
    "PATCH, /pins, 405",
    "PUT, /nowhere, 404",
    "HEAD, /health, 405"
  })
  void pathsAndMethodsThatAreNotServed(String method, String path, int status) throws IOException {
    try (TestServer server = new TestServer().start()) {
      TestServer.Answer answer = server.ask(method, path);
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.text())
          .isEqualTo(status == 405 ? "" : "{\"code\":404,\"message\":\"not found\"}\n");
      assertThat(answer.header("content-type")).isEqualTo(status == 405 ? "" : "application/json");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/id/, 307, /id",
    "/pins/?local=true&filter=pinned, 307, /pins?local=true&filter=pinned",
    "/id///, 307, /id",
    "//id, 301, /id",
    "/./id, 301, /id",
    "/pins/../id?x=y, 301, /id?x=y",
    "//evil.example/id, 301, /evil.example/id",
    "/a%20b/, 307, /a%20b"
  })
  void uncleanPathsAreRedirected(String path, int status, String location) throws IOException {
    try (TestServer server = new TestServer().start()) {
      TestServer.Answer answer = server.ask("GET", path);
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("location")).isEqualTo(location);
      assertThat(server.cluster.calls).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pins?filter=%zz", "/pins?cids=%", "/id?%=%", "/pins/%zz", "/%ff%fe"})
  void badEncodingIsTheClientsFault(String target) throws IOException {
    try (TestServer server = new TestServer().start()) {
      assertThat(server.ask("GET", target).status()).isBetween(200, 499);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "me:secret | 200 | ''",
        "you:other:word | 200 | ''",
        "me:wrong | 401 | unauthorized: access denied",
        "me:secre | 401 | unauthorized: access denied",
        "me:secretly | 401 | unauthorized: access denied",
        "me: | 401 | unauthorized: access denied",
        ":secret | 401 | unauthorized: access denied",
        ": | 401 | unauthorized: access denied",
        "empty: | 401 | unauthorized: access denied",
        "ME:secret | 401 | unauthorized: access denied"
      })
  void onlyUsersOfTheConfigurationPass(String pair, int status, String message) throws IOException {
    try (TestServer server = secured()) {
      String token = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      for (String scheme : List.of("Basic ", "basic ", "BASIC  ")) {
        TestServer.Answer answer = server.ask("GET", "/id", "Authorization: " + scheme + token);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).contains(message);
        assertThat(answer.header("www-authenticate"))
            .isEqualTo(status == 200 ? "" : "Basic realm=\"Restricted IPFS Cluster API\"");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Accept: x | unauthorized: no auth provided",
        "Authorization: Basic !!! | unauthorized: no auth provided",
        "Authorization: Basic | unauthorized: no auth provided",
        "Authorization: Basic bWU= | unauthorized: no auth provided",
        "Authorization: bWU6c2VjcmV0 | unauthorized: no auth provided",
        "Authorization: Bearer | unauthorized: no auth provided"
      })
  void othersAreAskedForTheirName(String header, String message) throws IOException {
    try (TestServer server = secured()) {
      for (String path : List.of("/id", "/nowhere", "/health/", "/health/graph")) {
        TestServer.Answer answer = server.ask("GET", path, header);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("www-authenticate"))
            .isEqualTo(
                "Bearer realm=\"Restricted IPFS Cluster API\","
                    + " Basic realm=\"Restricted IPFS Cluster API\"");
        assertThat(answer.text()).isEqualTo("{\"code\":401,\"message\":\"" + message + "\"}\n");
      }
      assertThat(server.cluster.calls).isEmpty();
    }
  }

  @Test
  void lookingForLifeNeedsNoName() throws IOException {
    try (TestServer server = secured()) {
      assertThat(server.ask("GET", "/health").status()).isEqualTo(204);
      assertThat(server.ask("POST", "/health").status()).isEqualTo(401);
      assertThat(server.ask("OPTIONS", "/id").status()).isNotEqualTo(401);
    }
  }

  private static TestServer secured() {
    return new TestServer()
        .withUser("me", "secret")
        .withUser("you", "other:word")
        .withUser("empty", "")
        .start();
  }

  @Test
  void tooMuchHeaderIsRefused() throws IOException {
    try (TestServer server = new TestServer().start()) {
      assertThat(server.ask("GET", "/id", "X: " + "x".repeat(4_000)).status()).isEqualTo(200);
      assertThat(server.ask("GET", "/id", "X: " + "x".repeat(10_000)).status()).isEqualTo(431);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /id HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /id HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET /id HTTP/9.9\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000"
      })
  void whatIsNotHttpIsRefused(String request) throws IOException {
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      connection.send(request + "\r\n\r\n");
      assertThat(connection.status()).isBetween(400, 505);
      assertThat(server.ask("GET", "/id").status()).as("others are served").isEqualTo(200);
    }
  }

  @Test
  void connectionsAreKept() throws IOException {
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      for (int i = 0; i < 3; i++) {
        connection.send("GET /version HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(connection.answer("GET").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void theIdleTimeoutEndsIdleConnectionsButNoRequestAtWork() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    TestServer server = new TestServer().withIdleTimeout(Duration.ofSeconds(1));
    server.routes().with(new EcRecoveryRoute((_, _, _, _) -> await(release), String::valueOf));
    try (server;
        TestServer.Connection working = server.start().connect();
        TestServer.Connection idle = server.connect()) {
      working.send("POST /ecrecovery HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      assertThat(idle.read()).as("idle connections are closed").isEqualTo(-1);
      try (TestServer.Connection next = server.connect()) {
        assertThat(next.read()).as("and another, so that the time has passed").isEqualTo(-1);
      }
      release.countDown();
      assertThat(working.answer("POST").status()).isEqualTo(204);
      assertThat(working.read()).as("idle in its turn").isEqualTo(-1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aSlowClientIsWaitedFor() throws IOException {
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      for (byte b : "GET /version HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8)) {
        connection.send(new byte[] {b});
      }
      assertThat(connection.answer("GET").status()).isEqualTo(200);
    }
  }

  @Test
  void aUnixSocketServesTheSame() throws IOException {
    Path folder = Files.createTempDirectory("api"); // a socket's path must be short
    Path socket = folder.resolve("s");
    Files.writeString(socket, "left behind");
    try (TestServer server =
        new TestServer().listening("/unix/" + socket, "/ip4/127.0.0.1/tcp/0").start()) {
      assertThat(server.addresses()).first().isEqualTo("/unix/" + socket);
      ApiClient client =
          new ApiClient(
              List.of(Endpoint.parse("/unix/" + socket)), Optional.empty(), Duration.ZERO);
      assertThat(JsonObject.of(client.call("GET", "/id")).text("peername")).isEqualTo("peer one");
    }
    assertThat(socket).doesNotExist();
    Files.delete(folder);
  }

  @Test
  void anAddressInUseIsToldInWords() {
    try (TestServer server = new TestServer().start()) {
      TestServer second = new TestServer().listening("/ip4/127.0.0.1/tcp/" + server.port());
      assertThatThrownBy(second::start)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("cannot listen")
          .hasMessageContaining(String.valueOf(server.port()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ip4/127.0.0.1/udp/9094", "/ip4/127.0.0.1"})
  void otherAddressesAreRefused(String address) {
    TestServer server = new TestServer().listening(address);
    assertThatThrownBy(server::start)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(address);
  }
}
