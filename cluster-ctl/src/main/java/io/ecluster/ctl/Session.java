package io.ecluster.ctl;

import io.ecluster.client.ApiClient;
import io.ecluster.client.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run: the API to talk to, where the results go, and what the shell has set. */
record Session(ApiClient api, Output output, Waits waits, Map<String, String> environment) {
  /** Calls and prints the one document of the answer. */
  void print(String method, String target, Text text) {
    Object answer = api.call(method, target);
    if (answer != null) {
      printOne(JsonObject.of(answer), text);
    }
  }

  /** Calls and prints each document of the answer as it comes. */
  void printAll(String method, String target, Text text) {
    api.stream(method, target, document -> printOne(document, text));
  }

  void printOne(JsonObject document, Text text) {
    if (output.json()) {
      output.document(document.fields());
    } else {
      boolean terminal = output.style().terminal();
      String lines = text.of(terminal ? Printable.document(document) : document, output.style());
      if (!lines.isEmpty()) {
        output.line(lines);
      }
    }
  }

  /** Calls and prints an answer that is a list: one document as JSON, a line each as text. */
  void printList(String target, ListText text) {
    Object answer = api.call("GET", target);
    if (output.json()) {
      output.document(answer);
    } else if (answer instanceof List<?> list) {
      boolean terminal = output.style().terminal();
      List<String> lines =
          list.stream().map(item -> text.of(terminal ? Printable.value(item) : item)).toList();
      (terminal ? Columns.aligned(lines) : lines).forEach(output::line);
    }
  }

  /** A line for an item of a list. */
  @FunctionalInterface
  interface ListText {
    String of(@Nullable Object item);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** For a part of a path, where a plus is a plus. */
  static String encodePart(String text) {
    return encode(text).replace("+", "%20");
  }
}
