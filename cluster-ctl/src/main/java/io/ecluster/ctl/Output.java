package io.ecluster.ctl;

import io.ecluster.client.Json;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where results go: text for people, or JSON documents.
 *
 * @param style of standard output
 * @param errorStyle of standard error
 */
record Output(PrintStream out, PrintStream err, boolean json, Style style, Style errorStyle) {
  static Output of(
      PrintStream out, PrintStream err, boolean json, Map<String, String> environment) {
    return new Output(
        out,
        err,
        json,
        Style.of(environment, "ECLUSTER_STDOUT_TERMINAL"),
        Style.of(environment, "ECLUSTER_STDERR_TERMINAL"));
  }

  void line(String text) {
    out.print(text + "\n");
  }

  /** A JSON document as Go prints it. */
  void document(@Nullable Object value) {
    line(Json.writeIndented(value, "    "));
  }

  /** A note beside the results. */
  void note(String text) {
    err.print(text + "\n");
  }

  void warn(String text) {
    note(errorStyle.pending("WARN") + " cluster-ctl: " + text);
  }

  void error(String text) {
    note(errorStyle.bad(text));
  }
}
