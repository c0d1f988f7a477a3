package io.ecluster.adder;

/** An add that could not be done; nothing of it stays pinned. */
public class AddFailedException extends RuntimeException {
  public AddFailedException(String message) {
    super(message);
  }

  public AddFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
