package io.ecluster.service.http;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parameters of a request's query, the first value of each name. */
public record Query(Map<String, String> parameters) {
  public Query {
    parameters = new LinkedHashMap<>(parameters);
  }

  public String text(String name) {
    return parameters.getOrDefault(name, "");
  }

  public boolean has(String name) {
    return !text(name).isEmpty();
  }

  /** True only for the exact text {@code true}, as the Go API has it outside {@code /add}. */
  public boolean isTrue(String name) {
    return text(name).equals("true");
  }

  /** A boolean as Go parses them. */
  public boolean flag(String name, boolean byDefault) {
    return switch (text(name)) {
      case "" -> byDefault;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw invalid(name);
    };
  }

  public int integer(String name, int byDefault) {
    long value = number(name, byDefault);
    if (value != (int) value) {
      throw invalid(name);
    }
    return (int) value;
  }

  /** A number of bytes: zero or more. */
  public long size(String name, long byDefault) {
    long value = number(name, byDefault);
    if (value < 0) {
      throw invalid(name);
    }
    return value;
  }

  public long number(String name, long byDefault) {
    try {
      return has(name) ? Long.parseLong(text(name)) : byDefault;
    } catch (NumberFormatException e) {
      throw invalid(name);
    }
  }

  /** What commas separate; an empty item stays one. */
  public List<String> list(String name) {
    return has(name) ? List.of(text(name).split(",", -1)) : List.of();
  }

  public Optional<Cid> cid(String name) {
    return has(name) ? Optional.of(parseCid(text(name))) : Optional.empty();
  }

  /** The parameters whose name starts with {@code prefix}, without it. */
  public Map<String, String> withPrefix(String prefix) {
    Stream<Map.Entry<String, String>> named =
        parameters.entrySet().stream()
            .filter(e -> e.getKey().startsWith(prefix) && e.getKey().length() > prefix.length());
    return named.collect(
        Collectors.toMap(e -> e.getKey().substring(prefix.length()), Map.Entry::getValue));
  }

  public ApiException invalid(String name) {
    return ApiException.badRequest("parameter " + name + " invalid");
  }

  public static Cid parseCid(String text) {
    try {
      return Cid.parse(text);
    } catch (FormatException e) {
      throw ApiException.badRequest("error decoding Cid: " + e.getMessage());
    }
  }
}
