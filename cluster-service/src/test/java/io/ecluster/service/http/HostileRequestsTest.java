package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.HttpApiSettings.Timeouts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Clients that mean harm, or are broken in ways that look like it. */
class HostileRequestsTest {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

  /** Where two servers may disagree about where a request ends, there must be no second one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "Content-Length: 44\r\nContent-Length: 0\r\n\r\n",
        "Content-Length: 0, 44\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length: 0x2c\r\n\r\n",
        "Content-Length : 0\r\n\r\n",
        "Content-Length:\u000b0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "X: y\u0000\r\nContent-Length: 0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n"
      })
  void noSecondRequestIsFoundInAnAmbiguousOne(String rest) throws IOException {
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      connection.send("POST /peers HTTP/1.1\r\nHost: x\r\n" + rest + SMUGGLED + SMUGGLED);
      String said = new String(connection.rest(), StandardCharsets.UTF_8);
      assertThat(said).startsWith("HTTP/1.1 4");
      assertThat(said.split("HTTP/1\\.1 ", -1)).as(said).hasSize(2);
      assertThat(said).doesNotContain("not found");
      assertThat(server.ask("GET", "/id").status()).as("others are served").isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /id HTTP/1.1\nHost: x\n\n",
        "GET /id HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /id HTTP/1.1\r\n\r\n",
        "GET http://other.example/id HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /id HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        "GET  /id HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /id\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT evil.example:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "TRACE /id HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n"
      })
  void oddRequestsDoNoHarm(String request) throws IOException {
    try (TestServer server = new TestServer().withUser("me", "pw").start();
        TestServer.Connection connection = server.connect()) {
      connection.send(request);
      assertThat(connection.status()).isBetween(400, 505);
      assertThat(server.cluster.calls).isEmpty();
    }
  }

  @Test
  void floodsOfHeadersAreRefused() throws IOException {
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      connection.send("GET /id HTTP/1.1\r\nHost: x\r\n");
      connection.send("X: y\r\n".repeat(2000));
      assertThat(connection.status()).isEqualTo(431);
    }
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      connection.send("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.status()).isIn(414, 431);
    }
  }

  /** A trailer is a head, too. */
  @Test
  void floodsOfTrailersAreRefused() throws IOException {
    try (TestServer server = new TestServer().start();
        TestServer.Connection connection = server.connect()) {
      connection.send(
          "POST /peers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n");
      connection.send("X: y\r\n".repeat(2000) + "\r\n");
      assertThat(connection.status()).isBetween(400, 431);
    }
  }

  @Test
  void aBodyLargerThanItMayBeIsRefused() throws IOException {
    try (TestServer server = new TestServer().start()) {
      TestServer.Answer answer = server.ask("POST", "/peers", new byte[65 * 1024]);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("larger than 65536 bytes");
    }
  }

  @Test
  void aHeadThatDripsEndsItsConnection() throws IOException {
    try (TestServer server = new TestServer().with(limits(0, 300, 0)).start();
        TestServer.Connection slow = server.connect()) {
      slow.send("GET /id HTTP/1.1\r\nHost: x\r\n");
      assertThat(slow.rest()).isEmpty();
    }
  }

  @Test
  void aBodyThatDripsEndsItsConnection() throws IOException {
    try (TestServer server = new TestServer().with(limits(2000, 5000, 0)).start();
        TestServer.Connection slow = server.connect()) {
      slow.send("POST /peers HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
      assertThat(slow.rest()).isEmpty();
      assertThat(server.ask("POST", "/peers", "{}".getBytes(StandardCharsets.UTF_8)).status())
          .isEqualTo(400);
    }
  }

  @Test
  void anAnswerThatNobodyTakesEndsItsConnection() throws IOException {
    try (TestServer server = new TestServer().with(limits(0, 5000, 2000)).start();
        TestServer.Connection slow = server.connect()) {
      server.cluster.holdStreams();
      slow.send("GET /peers HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(slow.status()).isEqualTo(200);
      assertThat(new String(slow.rest(), StandardCharsets.UTF_8))
          .contains("peer one")
          .doesNotContain("\r\n0\r\n");
      server.cluster.releaseStreams();
    }
  }

  private static Timeouts limits(long read, long readHeader, long write) {
    return new Timeouts(
        Duration.ofMillis(read),
        Duration.ofMillis(readHeader),
        Duration.ofMillis(write),
        Duration.ofMinutes(2));
  }

  @Test
  void secretsAreNeitherLoggedNorAnswered() throws IOException {
    Logger root = (Logger) LoggerFactory.getLogger("io.ecluster");
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.TRACE);
    String pair = Base64.getEncoder().encodeToString("me:hunter2".getBytes(StandardCharsets.UTF_8));
    StringBuilder answers = new StringBuilder();
    try (TestServer server = new TestServer().withUser("me", "hunter2").start()) {
      for (String target : new String[] {"/id", "/pins/bad", "/nowhere", "/peers", "/pins?%zz"}) {
        answers.append(server.ask("GET", target, "Authorization: Basic " + pair).text());
        answers.append(server.ask("GET", target, "Authorization: Basic x" + pair).text());
        answers.append(server.ask("GET", target, "Authorization: Bearer hunter2").text());
      }
      server.cluster.failWith(new IllegalStateException("broken"));
      answers.append(server.ask("GET", "/id", "Authorization: Basic " + pair).text());
    } finally {
      root.detachAppender(appender);
      root.setLevel(before);
    }
    assertThat(answers.toString()).contains("broken").doesNotContain("hunter2", pair, "at io.");
    assertThat(appender.list.toString()).contains("broken").doesNotContain("hunter2", pair);
  }
}
