package io.ecluster.erasure;

/** This system does not let us run machine code of our own. */
final class NoMachineCodeException extends ErasureException {
  NoMachineCodeException(String message) {
    super(message);
  }
}
