package io.ecluster.recovery;

/** The thread that reads was told to stop. */
public class ReadInterruptedException extends RuntimeException {
  ReadInterruptedException(Throwable cause) {
    super("the read was interrupted", cause);
  }
}
