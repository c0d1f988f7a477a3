package io.ecluster.erasure;

/** Code parameters that cannot be used, or that do not suit the blocks they were given for. */
public final class InvalidParametersException extends ErasureException {
  InvalidParametersException(String message) {
    super(message);
  }
}
