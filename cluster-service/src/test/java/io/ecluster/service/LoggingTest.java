package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ecluster.client.Json;
import io.ecluster.service.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LoggingTest {
  @TempDir Path temp;

  @AfterEach
  void restore() {
    for (String name : new String[] {"core.consensus", "libp2p", "service.api"}) {
      logger("io.ecluster." + name).setLevel(null);
    }
    Logging.configure("", false, Map.of());
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  private static @Nullable Level level(String name) {
    return logger(name).getLevel();
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', INFO",
    "debug, '', '', DEBUG",
    "'', warning, '', WARN",
    "error, debug, debug, ERROR",
    "CRITICAL, '', '', ERROR",
    "'', '', debug, DEBUG"
  })
  void theFlagWinsOverTheVariables(String flag, String ours, String golog, String expected) {
    Logging.configure(
        flag, false, Map.of("IPFS_CLUSTER_LOG_LEVEL", ours, "GOLOG_LOG_LEVEL", golog));
    assertThat(level(org.slf4j.Logger.ROOT_LOGGER_NAME)).hasToString(expected);
  }

  @Test
  void componentsHaveLevelsOfTheirOwn() {
    Logging.configure(
        "error,crdt:debug,libp2p:warn", false, Map.of("GOLOG_LOG_LEVEL", "restapi=debug"));
    assertThat(level(org.slf4j.Logger.ROOT_LOGGER_NAME)).isEqualTo(Level.ERROR);
    assertThat(level("io.ecluster.core.consensus")).isEqualTo(Level.DEBUG);
    assertThat(level("io.ecluster.libp2p")).isEqualTo(Level.WARN);
    assertThat(level("io.ecluster.service.api")).isEqualTo(Level.DEBUG);
  }

  @Test
  void whatIsNoLevelIsRefused() {
    assertThatThrownBy(() -> Logging.configure("loud", false, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"loud\"")
        .hasMessageContaining("critical");
    assertThatThrownBy(() -> Logging.configure("crdt:", false, Map.of()))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> Logging.configure("", false, Map.of("GOLOG_OUTPUT", "printer")))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> Logging.configure("", false, Map.of("GOLOG_OUTPUT", "file")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("GOLOG_FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nocolor", "color"})
  void whatOthersSayStaysOnOneLine(String format) throws IOException {
    Path file = temp.resolve("log");
    Logging.configure(
        "",
        false,
        Map.of("GOLOG_FILE", file.toString(), "GOLOG_OUTPUT", "file", "GOLOG_LOG_FMT", format));
    logger("io.ecluster.Test").warn("a peer says: {}", "no\nERROR \u001b[31m\u009bred\r, \u00e4");
    String line = Files.readString(file).lines().reduce((_, last) -> last).orElseThrow();
    assertThat(line).contains("Test").endsWith("a peer says: no?ERROR ?[31m?red?, \u00e4");
  }

  @Test
  void aFileMayBeWrittenAsJson() throws IOException {
    Path file = temp.resolve("log");
    Logging.configure(
        "",
        false,
        Map.of("GOLOG_FILE", file.toString(), "GOLOG_OUTPUT", "file", "GOLOG_LOG_FMT", "json"));
    logger("io.ecluster.Test").info("so \"quoted\"");
    String line = Files.readString(file).lines().reduce((_, last) -> last).orElseThrow();
    assertThat(Json.parseObject(line).text("message")).isEqualTo("so \"quoted\"");
    assertThat(Json.parseObject(line).text("level")).isEqualTo("INFO");
  }
}
