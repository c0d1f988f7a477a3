package io.ecluster.client;

/** What was to be uploaded cannot be read; the message names it. */
public class SourceException extends RuntimeException {
  public SourceException(String message) {
    super(message);
  }

  public SourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
