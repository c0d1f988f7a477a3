package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.CorsSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What browsers are told, as rs/cors tells them. */
class CorsTest {
  private static final String PREFLIGHT_VARY =
      "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

  private static TestServer.Answer ask(CorsSettings cors, String method, String... headers)
      throws IOException {
    try (TestServer server = new TestServer().with(cors).start()) {
      return server.ask(method, "/id", headers);
    }
  }

  private static CorsSettings origins(String... origins) {
    return new CorsSettings(
        List.of(origins), List.of("GET", "PUT"), List.of("X-A"), List.of(), false, Duration.ZERO);
  }

  @Test
  void aPageOfAnotherSiteMayReadWithTheDefaults() throws IOException {
    TestServer.Answer answer = ask(CorsSettings.STANDARD, "GET", "Origin: http://a.example");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
    assertThat(answer.header("access-control-expose-headers"))
        .isEqualTo("Content-Type, X-Stream-Output, X-Chunked-Output, X-Content-Length");
    assertThat(answer.header("vary")).isEqualTo("Origin");
  }

  @Test
  void otherRequestsAreToldOnlyWhatTheAnswerDependsOn() throws IOException {
    TestServer.Answer answer = ask(CorsSettings.STANDARD, "GET");
    assertThat(answer.header("vary")).isEqualTo("Origin");
    assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
    TestServer.Answer post = ask(CorsSettings.STANDARD, "POST", "Origin: http://a.example");
    assertThat(post.status()).isEqualTo(404);
    assertThat(post.header("vary")).isEqualTo("Origin");
    assertThat(post.header("access-control-allow-origin")).as("POST is not allowed").isEmpty();
  }

  @Test
  void errorsCarryItToo() throws IOException {
    try (TestServer server = new TestServer().start()) {
      TestServer.Answer answer = server.ask("GET", "/nowhere", "Origin: http://a.example");
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
      assertThat(answer.header("vary")).isEqualTo("Origin");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://a.example | GET | '' | true",
        "http://a.example | GET | x-a | true",
        "http://a.example | GET | x-a, X-A | true",
        "http://a.example | GET | x-b | false",
        "http://a.example | GET | x-a,x-b | false",
        "http://a.example | PUT | '' | true",
        "http://a.example | POST | '' | false",
        "http://a.example | OPTIONS | '' | true",
        "http://A.EXAMPLE | GET | '' | true",
        "http://sub.b.example | GET | '' | true",
        "http://.b.example | GET | '' | true",
        "http://b.example | GET | '' | false",
        "https://a.example | GET | '' | false",
        "null | GET | '' | false",
        "'' | GET | '' | false"
      })
  void aPreflightIsAnsweredWithoutTheRoute(
      String origin, String method, String headers, boolean allowed) throws IOException {
    TestServer.Answer answer =
        ask(
            origins("http://a.example", "http://*.b.example"),
            "OPTIONS",
            "Origin: " + origin,
            "Access-Control-Request-Method: " + method,
            "Access-Control-Request-Headers: " + headers);
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("vary")).isEqualTo(PREFLIGHT_VARY);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo(allowed ? origin : "");
    assertThat(answer.header("access-control-allow-methods")).isEqualTo(allowed ? method : "");
    assertThat(answer.header("access-control-allow-headers")).isEqualTo(allowed ? headers : "");
    assertThat(answer.header("access-control-allow-credentials")).isEmpty();
    assertThat(answer.header("access-control-max-age")).isEmpty();
  }

  @Test
  void emptyListsMeanTheLibrarysDefaults() throws IOException {
    CorsSettings empty =
        new CorsSettings(List.of(), List.of(), List.of(), List.of(), true, Duration.ofSeconds(90));
    for (String method : List.of("GET", "POST", "HEAD")) {
      TestServer.Answer answer =
          ask(
              empty,
              "OPTIONS",
              "Origin: http://x",
              "Access-Control-Request-Method: " + method,
              "Access-Control-Request-Headers: content-type,x-requested-with");
      assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
      assertThat(answer.header("access-control-max-age")).isEqualTo("90");
      assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
    }
    TestServer.Answer answer = ask(empty, "GET", "Origin: http://x");
    assertThat(answer.header("access-control-expose-headers")).isEmpty();
  }

  @Test
  void preflightsNeedNoPasswordButRequestsDo() throws IOException {
    try (TestServer server = new TestServer().withUser("me", "pw").start()) {
      TestServer.Answer preflight =
          server.ask("OPTIONS", "/id", "Origin: http://x", "Access-Control-Request-Method: GET");
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.header("access-control-allow-origin")).isEqualTo("*");
      assertThat(server.ask("GET", "/id", "Origin: http://x").status()).isEqualTo(401);
      assertThat(server.ask("OPTIONS", "/id").status()).isEqualTo(405);
    }
  }

  @Test
  void configuredHeadersAreInEveryAnswer() throws IOException {
    Map<String, List<String>> headers = Map.of("X-One", List.of("a", "b"), "X-Two", List.of("c"));
    try (TestServer server = new TestServer().withHeaders(headers).withUser("me", "pw").start()) {
      for (String target : List.of("/id", "/health", "/nowhere/")) {
        TestServer.Answer answer = server.ask("GET", target);
        assertThat(answer.header("x-one")).as(target).isEqualTo("a, b");
        assertThat(answer.header("x-two")).isEqualTo("c");
      }
    }
    try (TestServer server = new TestServer().withHeaders(headers).start()) {
      for (String target : List.of("/id", "/nowhere", "/pins/bad", "/id/", "//id", "/peers")) {
        assertThat(server.ask("GET", target).header("x-one")).as(target).isEqualTo("a, b");
      }
      assertThat(server.ask("PUT", "/id").header("x-one")).isEqualTo("a, b");
    }
  }
}
