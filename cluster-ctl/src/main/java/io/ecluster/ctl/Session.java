package io.ecluster.ctl;

import io.ecluster.client.ApiClient;
import io.ecluster.client.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** One run: the API to talk to and where the results go. */
record Session(ApiClient api, Output output, Waits waits) {
  /** Calls and prints the one document of the answer. */
  void print(String method, String target, Function<JsonObject, String> text) {
    Object answer = api.call(method, target);
    if (answer != null) {
      printOne(JsonObject.of(answer), text);
    }
  }

  /** Calls and prints each document of the answer as it comes. */
  void printAll(String method, String target, Function<JsonObject, String> text) {
    api.stream(method, target, document -> printOne(document, text));
  }

  void printOne(JsonObject document, Function<JsonObject, String> text) {
    if (output.json()) {
      output.document(document.fields());
    } else {
      String lines = text.apply(document);
      if (!lines.isEmpty()) {
        output.line(lines);
      }
    }
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
