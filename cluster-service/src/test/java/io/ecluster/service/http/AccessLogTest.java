package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AccessLogTest {
  private static final String TIME =
      "\\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}]";

  @TempDir Path folder;

  private List<String> lines(int count) {
    Path log = folder.resolve("log");
    PeerProcesses.await(count + " lines", () -> read(log).size() >= count);
    return read(log);
  }

  private static List<String> read(Path log) {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void eachRequestIsALineOfAFile() throws IOException {
    Files.writeString(folder.resolve("log"), "what was there\n");
    try (TestServer server = new TestServer().withLog(folder, "log").start()) {
      server.ask("GET", "/version?a=b%20c", "Secret: header");
      assertThat(lines(2).getFirst()).isEqualTo("what was there");
      assertThat(lines(2).getLast())
          .matches("127\\.0\\.0\\.1 - - " + TIME + " \"GET /version\\?a=b%20c HTTP/1.1\" 200 20");
      server.ask("POST", "/nowhere");
      assertThat(lines(3).getLast()).contains("\"POST /nowhere HTTP/1.1\" 404 ");
      server.ask("GET", "/id/");
      assertThat(lines(4).getLast()).contains("\"GET /id/ HTTP/1.1\" 307 0");
    }
  }

  @Test
  void nobodyWritesLinesOfHisOwnAndSecretsStayOut() throws IOException {
    String pair = base64("me:hunter2");
    try (TestServer server = new TestServer().withUser("me", "hunter2").withLog(folder, "log")) {
      server.start();
      server.ask("GET", "/id", "Authorization: Basic " + pair);
      server.ask("GET", "/id", "Authorization: Basic " + base64("me:guess"));
      server.ask("GET", "/\"quoted\"%0a%0d127.0.0.1", "Authorization: Basic " + pair);
      server.ask("POST", "/token", "Authorization: Basic " + pair);
      List<String> lines = lines(4);
      assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("127.0.0.1 - - ["));
      assertThat(String.join("\n", lines))
          .doesNotContain("hunter2", "guess", pair, base64("me:guess"), "eyJ", "\"quoted\"");
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void withoutAFileLinesGoToTheLog() throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger("restapilog");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    try (TestServer server = new TestServer().start()) {
      server.ask("GET", "/version");
      PeerProcesses.await("a line", () -> !appender.list.isEmpty());
      assertThat(appender.list.getFirst().getFormattedMessage())
          .contains("\"GET /version HTTP/1.1\"");
    } finally {
      logger.detachAppender(appender);
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    TestServer server = new TestServer().withLog(folder.resolve("nowhere"), "log");
    assertThatThrownBy(server::start)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("http_log_file");
  }
}
