package io.ecluster.recovery;

/** Pins of a group changed while it was being repaired. */
final class GroupChangedException extends RuntimeException {
  private final boolean gone;

  /**
   * @param gone whether nobody wants the group any more
   */
  GroupChangedException(String message, boolean gone) {
    super(message);
    this.gone = gone;
  }

  boolean gone() {
    return gone;
  }
}
