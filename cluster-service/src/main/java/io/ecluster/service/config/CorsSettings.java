package io.ecluster.service.config;

import java.time.Duration;
import java.util.List;

/**
 * What pages of other sites may ask of an HTTP API. Empty lists mean what they mean to Go's
 * rs/cors: all origins; GET, POST and HEAD; the headers Accept, Content-Type and X-Requested-With.
 *
 * @param maxAge how long a browser may remember; zero: nothing is said of it
 */
public record CorsSettings(
    List<String> origins,
    List<String> methods,
    List<String> allowedHeaders,
    List<String> exposedHeaders,
    boolean credentials,
    Duration maxAge) {
  /** What a new service.json says. */
  public static final CorsSettings STANDARD =
      new CorsSettings(
          List.of("*"),
          List.of("GET"),
          List.of(),
          List.of("Content-Type", "X-Stream-Output", "X-Chunked-Output", "X-Content-Length"),
          true,
          Duration.ZERO);

  public CorsSettings {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    allowedHeaders = List.copyOf(allowedHeaders);
    exposedHeaders = List.copyOf(exposedHeaders);
  }

  static CorsSettings read(Section s) {
    return new CorsSettings(
        s.texts("cors_allowed_origins", STANDARD.origins(), List.of()),
        s.texts("cors_allowed_methods", STANDARD.methods(), List.of()),
        s.texts("cors_allowed_headers", STANDARD.allowedHeaders(), List.of()),
        s.texts("cors_exposed_headers", STANDARD.exposedHeaders(), List.of()),
        s.flag("cors_allow_credentials", STANDARD.credentials(), false),
        s.duration("cors_max_age", STANDARD.maxAge()));
  }
}
