package io.ecluster.ctl;

/**
 * Something is wrong before or after the API is asked: an option, a file. Exit code 1, text on
 * stderr.
 */
class LocalException extends RuntimeException {
  private final int exitCode;

  LocalException(String message) {
    this(message, ExitCode.LOCAL_ERROR);
  }

  LocalException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
