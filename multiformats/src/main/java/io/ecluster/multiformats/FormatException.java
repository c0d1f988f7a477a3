package io.ecluster.multiformats;

/** Bytes or text that are not what their format requires. */
public class FormatException extends RuntimeException {
  public FormatException(String message) {
    super(message);
  }

  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
