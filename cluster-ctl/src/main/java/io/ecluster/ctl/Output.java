package io.ecluster.ctl;

import io.ecluster.client.Json;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Where results go: text for people, or JSON documents. */
record Output(PrintStream out, PrintStream err, boolean json, boolean terminal) {
  void line(String text) {
    out.print(text + "\n");
  }

  /** A JSON document as Go prints it. */
  void document(@Nullable Object value) {
    line(Json.writeIndented(value, "    "));
  }

  void error(String text) {
    err.print(text + "\n");
  }
}
