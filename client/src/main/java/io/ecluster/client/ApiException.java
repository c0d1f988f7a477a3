package io.ecluster.client;

/** The API answered with an error, or could not be reached: code 0. */
public class ApiException extends RuntimeException {
  private final int code;

  public ApiException(int code, String message) {
    super(message);
    this.code = code;
  }

  public ApiException(String message, Throwable cause) {
    super(message, cause);
    this.code = 0;
  }

  /** The HTTP status, or 0 when there was no answer. */
  public int code() {
    return code;
  }
}
