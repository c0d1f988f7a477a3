package io.ecluster.ctl;

import java.util.ArrayList;
import java.util.List;

/** Builds the query of a request, leaving out what is empty. */
final class QueryString {
  private final List<String> parts = new ArrayList<>();

  QueryString add(String name, String value) {
    if (!value.isEmpty()) {
      parts.add(Session.encode(name) + "=" + Session.encode(value));
    }
    return this;
  }

  QueryString flag(String name, boolean value) {
    return value ? add(name, "true") : this;
  }

  /** A number; 0 asks for nothing. */
  QueryString number(String name, long value) {
    return value == 0 ? this : add(name, String.valueOf(value));
  }

  /** Metadata given as {@code key=value}. */
  QueryString metadata(List<String> pairs) {
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw new LocalException(
            "error parsing metadata: \"" + pair + "\" is not of the form key=value");
      }
      parts.add(
          Session.encode("meta-" + pair.substring(0, equals))
              + "="
              + Session.encode(pair.substring(equals + 1)));
    }
    return this;
  }

  /** The path with the query behind it. */
  String on(String path) {
    return parts.isEmpty() ? path : path + "?" + String.join("&", parts);
  }
}
