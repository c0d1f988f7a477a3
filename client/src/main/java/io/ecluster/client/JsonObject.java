package io.ecluster.client;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object read with expectations: absent and null keys give the empty value, other types an
 * error.
 */
public record JsonObject(Map<String, @Nullable Object> fields) {
  /**
   * @throws JsonException if {@code value} is not an object
   */
  @SuppressWarnings("unchecked")
  public static JsonObject of(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new JsonObject((Map<String, @Nullable Object>) map);
    }
    throw new JsonException("expected a JSON object, got " + kind(value));
  }

  public Set<String> keys() {
    return fields.keySet();
  }

  public boolean has(String key) {
    return fields.get(key) != null;
  }

  public @Nullable Object get(String key) {
    return fields.get(key);
  }

  /** A string, or empty text. */
  public String text(String key) {
    return optionalText(key).orElse("");
  }

  public Optional<String> optionalText(String key) {
    return switch (fields.get(key)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      case Object other -> throw wrong(key, "a string", other);
    };
  }

  /** A whole number of at most 63 bits and a sign, or 0. */
  public long number(String key) {
    return switch (fields.get(key)) {
      case null -> 0;
      case Long number -> number;
      case Object other -> throw wrong(key, "a number", other);
    };
  }

  /** A boolean, or false. */
  public boolean flag(String key) {
    return switch (fields.get(key)) {
      case null -> false;
      case Boolean flag -> flag;
      case Object other -> throw wrong(key, "true or false", other);
    };
  }

  /** A nested object, or an empty one. */
  public JsonObject object(String key) {
    Object value = fields.get(key);
    return value == null ? new JsonObject(Map.of()) : of(value);
  }

  /** A list, or an empty one. */
  public List<@Nullable Object> list(String key) {
    return switch (fields.get(key)) {
      case null -> List.of();
      case List<?> list -> Collections.unmodifiableList(list);
      case Object other -> throw wrong(key, "a list", other);
    };
  }

  /** A list of strings, or an empty one. */
  public List<String> texts(String key) {
    return list(key).stream().map(String::valueOf).collect(Collectors.toList());
  }

  private static JsonException wrong(String key, String expected, Object got) {
    return new JsonException("\"" + key + "\" must be " + expected + ", not " + kind(got));
  }

  private static String kind(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> _ -> "an object";
      case List<?> _ -> "a list";
      case String text -> "\"" + text + "\"";
      default -> value.toString();
    };
  }
}
