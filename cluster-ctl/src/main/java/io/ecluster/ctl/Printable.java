package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What others wrote, made fit for a terminal: control characters in names and errors could move its
 * cursor or worse. A pipe gets everything as it is.
 */
final class Printable {
  private static final String REPLACEMENT = "\ufffd";

  private Printable() {}

  static String text(String text) {
    return text.replaceAll("[\\p{Cntrl}\\x80-\\x9f]", REPLACEMENT);
  }

  static JsonObject document(JsonObject document) {
    return new JsonObject(map(document.fields()));
  }

  static @Nullable Object value(@Nullable Object value) {
    return switch (value) {
      case String text -> text(text);
      case Map<?, ?> map -> map(map);
      case List<?> list -> list(list);
      case null, default -> value;
    };
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(text(String.valueOf(key)), value(value)));
    return copy;
  }

  private static List<@Nullable Object> list(List<?> list) {
    List<@Nullable Object> copy = new ArrayList<>();
    list.forEach(value -> copy.add(value(value)));
    return copy;
  }
}
