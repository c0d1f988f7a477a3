package io.ecluster.ctl;

/** The exit codes that scripts know. */
final class ExitCode {
  static final int OK = 0;

  /** The API could not be reached, or something local is wrong. */
  static final int LOCAL_ERROR = 1;

  /** The API answered with an error. */
  static final int API_ERROR = 2;

  static final int UNKNOWN_COMMAND = 3;
  static final int WAIT_TIMEOUT = 62;
  static final int WAIT_CANCELLED = 125;

  /** As shells say of a program that Ctrl-C ended. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
