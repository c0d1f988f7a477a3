package io.ecluster.client;

/** Text that is not JSON, or JSON that is not what was expected. */
public class JsonException extends RuntimeException {
  public JsonException(String message) {
    super(message);
  }

  public JsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
