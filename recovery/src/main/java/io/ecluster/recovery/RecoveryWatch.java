package io.ecluster.recovery;

import java.time.Duration;

/**
 * Told of what reading and repairing coded pins does, so that it can be counted and traced. Must
 * not block, nor throw.
 */
public interface RecoveryWatch {
  RecoveryWatch NONE = new RecoveryWatch() {};

  /**
   * Cells of one stripe were read and rebuilt, or copied.
   *
   * @param bytes how many were made
   */
  default void stripe(Work work, Duration took, long bytes) {}

  /** The repair of a group has ended, on the thread that did it. */
  default void reported(GroupReport report, Duration took) {}

  /** What a stripe was wanted for. */
  enum Work {
    /** Somebody reads a block that is lost. */
    READ,
    /** Cells for new holders. */
    REPAIR
  }
}
