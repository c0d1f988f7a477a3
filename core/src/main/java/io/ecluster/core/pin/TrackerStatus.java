package io.ecluster.core.pin;

import java.util.Locale;

/** What a peer says of a pin; a filter is the OR of the bits. */
public enum TrackerStatus {
  UNDEFINED(0),
  CLUSTER_ERROR(2),
  PIN_ERROR(4),
  UNPIN_ERROR(8),
  PINNED(16),
  PINNING(32),
  UNPINNING(64),
  UNPINNED(128),
  REMOTE(256),
  PIN_QUEUED(512),
  UNPIN_QUEUED(1024),
  SHARDED(2048),
  UNEXPECTEDLY_UNPINNED(4096);

  public static final int ERROR_BITS = 14;
  public static final int QUEUED_BITS = 1536;

  private final int bit;

  TrackerStatus(int bit) {
    this.bit = bit;
  }

  public int bit() {
    return bit;
  }

  /** The name used in JSON and filters. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether this status passes a filter; 0 lets all through. */
  public boolean matches(int filter) {
    return filter == 0 || bit == 0 || (bit & filter) != 0;
  }

  /** The status with this bit; unknown bits read as {@link #UNDEFINED}. */
  public static TrackerStatus byBit(int bit) {
    for (TrackerStatus status : values()) {
      if (status.bit == bit) {
        return status;
      }
    }
    return UNDEFINED;
  }
}
