package io.ecluster.ctl;

import io.ecluster.client.FakeApi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the command line inside this process and keeps what it printed. */
final class Ctl {
  static final String ONE = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
  static final String TWO = "12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq";
  static final String CID = "QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ";
  static final String OTHER = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

  private Ctl() {}

  /** What a run left: its exit code and what it printed. */
  record Result(int code, String out, String err) {}

  /** Runs against an API. */
  static Result run(FakeApi api, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--host", api.address()));
    all.addAll(List.of(arguments));
    return run(Map.of(), all.toArray(String[]::new));
  }

  static Result run(Map<String, String> environment, String... arguments) {
    return run(environment, Waits.REAL, arguments);
  }

  static Result run(Map<String, String> environment, Waits waits, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = new Main(stream(out), stream(err), environment, waits).run(arguments);
    return new Result(code, text(out), text(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Time that passes only while somebody waits. */
  static final class Time {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    int pauses;

    Waits waits() {
      return new Waits(() -> now, this::pass);
    }

    private void pass(Duration time) {
      now = now.plus(time);
      pauses++;
    }
  }

  static String[] words(String commandLine, String... more) {
    return Stream.concat(Stream.of(commandLine.split(" ")), Stream.of(more)).toArray(String[]::new);
  }
}
