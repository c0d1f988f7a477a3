package io.ecluster.erasure;

/** What can go wrong in coding and decoding; each subclass is one thing a caller can act on. */
public abstract class ErasureException extends RuntimeException {
  ErasureException(String message) {
    super(message);
  }
}
