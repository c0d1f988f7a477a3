package io.ecluster.core.tracker;

import java.time.Duration;

/**
 * How much a tracker does at once, and how much it remembers.
 *
 * @param pinWorkers pins made at the same time: fetching mostly waits, so more than cores
 * @param unpinWorkers unpins made at the same time
 * @param maxQueued operations that may wait in each queue; beyond it they fail and are recovered
 *     later, so that a burst of pins cannot exhaust memory
 * @param priorityMaxAge pins younger than this go before those that have been failing for long
 * @param priorityMaxRetries attempts after which a pin waits with the others
 */
public record TrackerSettings(
    int pinWorkers,
    int unpinWorkers,
    int maxQueued,
    Duration priorityMaxAge,
    int priorityMaxRetries) {

  public static final TrackerSettings DEFAULTS =
      new TrackerSettings(10, 2, 1_000_000, Duration.ofHours(24), 5);

  public TrackerSettings {
    if (pinWorkers < 1 || unpinWorkers < 1 || maxQueued < 1) {
      throw new IllegalArgumentException(
          "a tracker needs at least one pin worker, one unpin worker and one queue place; given "
              + pinWorkers
              + ", "
              + unpinWorkers
              + " and "
              + maxQueued);
    }
  }
}
