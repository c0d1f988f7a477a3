package io.ecluster.service.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** One item of an {@code Accept} header. */
record MediaType(String name, Map<String, String> parameters) {
  MediaType {
    parameters = Map.copyOf(parameters);
  }

  /** In the order in which they are listed: no client of a gateway relies on weights. */
  static List<MediaType> list(String header) {
    return Stream.of(header.split(",")).map(MediaType::parse).toList();
  }

  private static MediaType parse(String item) {
    String[] parts = item.split(";");
    Map<String, String> parameters = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].split("=", 2);
      if (pair.length == 2) {
        parameters.put(pair[0].strip().toLowerCase(Locale.ROOT), pair[1].strip().replace("\"", ""));
      }
    }
    return new MediaType(parts.length == 0 ? "" : parts[0].strip(), parameters);
  }

  /** A parameter's value; empty if it is not there. */
  String parameter(String parameter) {
    return parameters.getOrDefault(parameter, "");
  }
}
