package io.ecluster.core.cluster;

/** The thread that waits for peers was told to stop. */
public class WaitInterruptedException extends RuntimeException {
  public WaitInterruptedException(Throwable cause) {
    super("the wait for peers was interrupted", cause);
  }
}
