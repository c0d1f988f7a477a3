package io.ecluster.core.cluster;

/** The CID is not in the pinset. Its text is what Go clients compare with, and names no CID. */
public class PinNotFoundException extends RuntimeException {
  public static final String TEXT = "pin is not part of the pinset";

  public PinNotFoundException() {
    super(TEXT);
  }
}
