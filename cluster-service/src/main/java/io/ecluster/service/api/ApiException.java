package io.ecluster.service.api;

import java.util.Map;

/** A request that is answered with an error status of its own. */
final class ApiException extends RuntimeException {
  private final int status;
  private final Map<String, String> headers;

  ApiException(int status, String message) {
    this(status, message, Map.of());
  }

  ApiException(int status, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  static ApiException badRequest(String message) {
    return new ApiException(400, message);
  }

  /** What the answer carries besides its document. */
  Map<String, String> headers() {
    return headers;
  }

  int status() {
    return status;
  }
}
