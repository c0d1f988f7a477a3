package io.ecluster.service.http;

import io.ecluster.service.config.CorsSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;

/** What is told to browsers about pages of other sites, as Go's rs/cors 1.11 tells it. */
final class Cors {
  private static final List<String> STANDARD_METHODS = List.of("GET", "POST", "HEAD");
  private static final List<String> STANDARD_HEADERS =
      List.of("accept", "content-type", "x-requested-with");
  private static final String PREFLIGHT_VARY =
      "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

  private final List<String> origins;
  private final boolean allOrigins;
  private final List<String> methods;
  private final Set<String> requestHeaders;
  private final String exposed;
  private final CorsSettings settings;

  Cors(CorsSettings settings) {
    this.settings = settings;
    this.origins = lower(settings.origins());
    this.allOrigins = origins.isEmpty() || origins.contains("*");
    this.methods = settings.methods().isEmpty() ? STANDARD_METHODS : settings.methods();
    List<String> allowed = settings.allowedHeaders();
    this.requestHeaders = Set.copyOf(allowed.isEmpty() ? STANDARD_HEADERS : lower(allowed));
    this.exposed =
        settings.exposedHeaders().stream().map(Cors::canonical).collect(Collectors.joining(", "));
  }

  private static List<String> lower(List<String> texts) {
    return texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
  }

  /** A header's name as Go writes it: {@code X-Stream-Output}. */
  private static String canonical(String name) {
    return Arrays.stream(name.split("-", -1))
        .map(Cors::capitalized)
        .collect(Collectors.joining("-"));
  }

  private static String capitalized(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT)
            + word.substring(1).toLowerCase(Locale.ROOT);
  }

  /** Whether a browser asks what it may ask; answered by {@link #preflight} alone. */
  static boolean isPreflight(Exchange x) {
    return x.method().equals("OPTIONS") && !x.header("Access-Control-Request-Method").isEmpty();
  }

  void preflight(Exchange x) {
    x.setStatus(204);
    HttpFields.Mutable answer = x.answerHeaders();
    answer.add("Vary", PREFLIGHT_VARY);
    String method = x.header("Access-Control-Request-Method");
    String wanted = x.header("Access-Control-Request-Headers");
    if (!allows(x.header("Origin"), method) || !allowsHeaders(wanted)) {
      return;
    }
    allowOrigin(x);
    answer.put("Access-Control-Allow-Methods", method);
    if (!wanted.isEmpty()) {
      answer.put("Access-Control-Allow-Headers", wanted);
    }
    long seconds = settings.maxAge().toSeconds();
    if (seconds != 0) {
      answer.put("Access-Control-Max-Age", String.valueOf(Math.max(0, seconds)));
    }
  }

  /** Headers of the answer to a request proper. */
  void actual(Exchange x) {
    x.answerHeaders().add("Vary", "Origin");
    if (!allows(x.header("Origin"), x.method())) {
      return;
    }
    allowOrigin(x);
    if (!exposed.isEmpty()) {
      x.answerHeaders().put("Access-Control-Expose-Headers", exposed);
    }
  }

  private void allowOrigin(Exchange x) {
    x.answerHeaders().put("Access-Control-Allow-Origin", allOrigins ? "*" : x.header("Origin"));
    if (settings.credentials()) {
      x.answerHeaders().put("Access-Control-Allow-Credentials", "true");
    }
  }

  private boolean allows(String origin, String method) {
    return !origin.isEmpty()
        && (method.equals("OPTIONS") || methods.contains(method))
        && (allOrigins || origins.stream().anyMatch(allowed -> fits(allowed, origin)));
  }

  private static boolean fits(String allowed, String origin) {
    String given = origin.toLowerCase(Locale.ROOT);
    int star = allowed.indexOf('*');
    if (star < 0) {
      return allowed.equals(given);
    }
    String tail = allowed.substring(star + 1);
    return given.length() >= allowed.length() - 1
        && given.startsWith(allowed.substring(0, star))
        && given.endsWith(tail);
  }

  private boolean allowsHeaders(String wanted) {
    return wanted.isEmpty()
        || requestHeaders.contains("*")
        || Arrays.stream(wanted.split(","))
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .allMatch(requestHeaders::contains);
  }
}
