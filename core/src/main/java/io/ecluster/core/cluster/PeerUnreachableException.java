package io.ecluster.core.cluster;

/** A peer that was to be asked does not answer. */
public class PeerUnreachableException extends RuntimeException {
  public PeerUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
