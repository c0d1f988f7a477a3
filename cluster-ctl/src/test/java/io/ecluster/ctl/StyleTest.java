package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns and colours on a terminal, and none elsewhere. */
class StyleTest {
  private static final String STATUS =
      "{\"cid\":\"c\",\"name\":\"\",\"peer_map\":{"
          + "\"p\":{\"peername\":\"one\",\"status\":\"pinned\",\"timestamp\":\"2026-01-01T00:00:00Z\"},"
          + "\"q\":{\"peername\":\"two\",\"status\":\"pin_error\",\"error\":\"no\",\"timestamp\":\"2026-01-01T00:00:00Z\"}}}";

  private static Ctl.Result run(FakeApi api, Map<String, String> environment, String... line) {
    return Ctl.run(environment, Ctl.words("--host " + api.address(), line));
  }

  private static Map<String, String> terminal(String... more) {
    Map<String, String> environment = new HashMap<>(Map.of("ECLUSTER_STDOUT_TERMINAL", "1"));
    for (String pair : more) {
      environment.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
    }
    return environment;
  }

  @Test
  void statesHaveColoursOnATerminal() {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, STATUS))) {
      assertThat(run(api, terminal(), "status", Ctl.CID).out())
          .contains(
              "\033[1mc\033[0m:\n",
              "one                  : \033[32mPINNED\033[0m     | 2026",
              "two                  : \033[31mPIN_ERROR\033[0m: \033[31mno\033[0m | 2026");
    }
  }

  @ParameterizedTest
  @CsvSource({"NO_COLOR=1, true", "NO_COLOR=, false", "TERM=dumb, true", "TERM=xterm, false"})
  void coloursAreLeftOutWhereNobodyWantsThem(String variable, boolean without) {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, STATUS))) {
      String out = run(api, terminal(variable), "status", Ctl.CID).out();
      assertThat(out.contains("\033[")).isEqualTo(!without);
      assertThat(out).as("columns all the same").contains("PINNED").contains("     | 2026");
    }
  }

  @Test
  void aPipeGetsPlainText() {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, STATUS))) {
      assertThat(run(api, Map.of("ECLUSTER_STDERR_TERMINAL", "1"), "status", Ctl.CID).out())
          .doesNotContain("\033")
          .contains("one                  : PINNED | 2026");
    }
  }

  @Test
  void namesCannotSteerATerminal() {
    String evil =
        "{\"cid\":\"c\",\"name\":\"x\\u001b]0;y\\u0007\",\"peer_map\":{\"p\":{\"error\":\"\\r\\u009b2J\"}}}";
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, evil))) {
      String shown = run(api, terminal("NO_COLOR=1"), "status", Ctl.CID).out();
      assertThat(shown).startsWith("c | x\ufffd]0;y\ufffd:\n").contains(": \ufffd\ufffd2J |");
      assertThat(run(api, Map.of(), "status", Ctl.CID).out())
          .as("a pipe gets it all")
          .startsWith("c | x\033]0;y\u0007:\n");
    }
  }

  @Test
  void jsonIsNotColoured() {
    try (FakeApi api = FakeApi.answering(FakeApi.json(500, "{\"code\":500,\"message\":\"no\"}"))) {
      assertThat(run(api, terminal(), "--enc", "json", "id").out())
          .isEqualTo("{\n    \"code\": 500,\n    \"message\": \"no\"\n}\n");
      assertThat(run(api, terminal(), "id").out())
          .startsWith("\033[31mAn error occurred:\033[0m\n");
    }
  }

  @Test
  void listsStandInColumnsOnATerminal() {
    assertThat(Columns.aligned(List.of("a | bb | c", "aaa | b | cc", "x")))
        .containsExactly("a   | bb | c", "aaa | b  | cc", "x");
  }
}
