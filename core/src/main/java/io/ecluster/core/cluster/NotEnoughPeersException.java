package io.ecluster.core.cluster;

/**
 * Too few peers for what must be placed. The message says how many are needed and how many there
 * are.
 */
public class NotEnoughPeersException extends RuntimeException {
  public NotEnoughPeersException(String message) {
    super(message);
  }
}
