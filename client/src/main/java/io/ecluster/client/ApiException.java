package io.ecluster.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;

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

  /** There was no answer, or it broke off. */
  public static ApiException unreachable(IOException e) {
    return new ApiException(reason(e), e);
  }

  /** The same, when the stream that broke was read by something that cannot throw it. */
  public static ApiException unreachable(UncheckedIOException e) {
    return e.getCause() == null ? new ApiException(e.toString(), e) : unreachable(e.getCause());
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return switch (e) {
      case ClosedByInterruptException _ -> "interrupted";
      case ClosedChannelException _ -> "no answer within the time given";
      default -> message == null ? e.toString() : message;
    };
  }

  /** The HTTP status, or 0 when there was no answer. */
  public int code() {
    return code;
  }
}
