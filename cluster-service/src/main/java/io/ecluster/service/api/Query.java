package io.ecluster.service.api;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parameters of a request's query, the first value of each name. */
record Query(Map<String, String> parameters) {
  Query {
    parameters = new LinkedHashMap<>(parameters);
  }

  String text(String name) {
    return parameters.getOrDefault(name, "");
  }

  boolean has(String name) {
    return !text(name).isEmpty();
  }

  /** True only for the exact text {@code true}, as the Go API has it outside {@code /add}. */
  boolean isTrue(String name) {
    return text(name).equals("true");
  }

  /** A boolean as Go parses them. */
  boolean flag(String name, boolean byDefault) {
    return switch (text(name)) {
      case "" -> byDefault;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw invalid(name);
    };
  }

  int integer(String name, int byDefault) {
    long value = number(name, byDefault);
    if (value != (int) value) {
      throw invalid(name);
    }
    return (int) value;
  }

  /** A number of bytes: zero or more. */
  long size(String name, long byDefault) {
    long value = number(name, byDefault);
    if (value < 0) {
      throw invalid(name);
    }
    return value;
  }

  long number(String name, long byDefault) {
    try {
      return has(name) ? Long.parseLong(text(name)) : byDefault;
    } catch (NumberFormatException e) {
      throw invalid(name);
    }
  }

  /** What commas separate; an empty item stays one. */
  List<String> list(String name) {
    return has(name) ? List.of(text(name).split(",", -1)) : List.of();
  }

  Optional<Cid> cid(String name) {
    return has(name) ? Optional.of(parseCid(text(name))) : Optional.empty();
  }

  /** The parameters whose name starts with {@code prefix}, without it. */
  Map<String, String> withPrefix(String prefix) {
    Stream<Map.Entry<String, String>> named =
        parameters.entrySet().stream()
            .filter(e -> e.getKey().startsWith(prefix) && e.getKey().length() > prefix.length());
    return named.collect(
        Collectors.toMap(e -> e.getKey().substring(prefix.length()), Map.Entry::getValue));
  }

  ApiException invalid(String name) {
    return ApiException.badRequest("parameter " + name + " invalid");
  }

  static Cid parseCid(String text) {
    try {
      return Cid.parse(text);
    } catch (FormatException e) {
      throw ApiException.badRequest("error decoding Cid: " + e.getMessage());
    }
  }
}
