package io.ecluster.core.consensus;

/** A change to the pinset that was not taken; the message says why. */
public class ConsensusException extends RuntimeException {
  public ConsensusException(String message) {
    super(message);
  }

  /** Changes come faster than batches are written: try again later. */
  public static final class QueueFull extends ConsensusException {
    QueueFull(int limit) {
      super("the queue of changes to the pinset is full (" + limit + "): try again later");
    }
  }
}
