package io.ecluster.service.http;

import java.util.Map;

/** A request that is answered with an error status of its own. */
public final class ApiException extends RuntimeException {
  private final int status;
  private final Map<String, String> headers;

  public ApiException(int status, String message) {
    this(status, message, Map.of());
  }

  public ApiException(int status, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  public static ApiException badRequest(String message) {
    return new ApiException(400, message);
  }

  /** What the answer carries besides its document. */
  public Map<String, String> headers() {
    return headers;
  }

  public int status() {
    return status;
  }
}
