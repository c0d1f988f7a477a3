package io.ecluster.ipfs.embedded;

import java.time.Duration;

/**
 * What can be set on an embedded node.
 *
 * @param storageMaxBytes the most that blocks may take; 0 for all that the disk has
 * @param minFreeBytes free disk space that is never used up, so that the machine goes on working
 * @param pinTimeout a pin fails when no block arrived for this long
 * @param sync whether every put and pin waits for the disk; see {@link FileBlockStore} for what is
 *     lost without
 */
public record EmbeddedIpfsSettings(
    long storageMaxBytes, long minFreeBytes, Duration pinTimeout, boolean sync) {

  /** Enough for logs, the pinset's database and a shell to work with when the disk is full. */
  private static final long DEFAULT_MIN_FREE_BYTES = 256L << 20;

  /** Go IPFS Cluster's {@code pin_timeout}. */
  private static final Duration DEFAULT_PIN_TIMEOUT = Duration.ofMinutes(2);

  public EmbeddedIpfsSettings {
    if (storageMaxBytes < 0 || minFreeBytes < 0) {
      throw new IllegalArgumentException("storage limits must not be negative");
    }
    if (!pinTimeout.isPositive()) {
      throw new IllegalArgumentException("the pin timeout must be positive: " + pinTimeout);
    }
  }

  public static EmbeddedIpfsSettings defaults() {
    return new EmbeddedIpfsSettings(0, DEFAULT_MIN_FREE_BYTES, DEFAULT_PIN_TIMEOUT, false);
  }

  public EmbeddedIpfsSettings withStorageMaxBytes(long bytes) {
    return new EmbeddedIpfsSettings(bytes, minFreeBytes, pinTimeout, sync);
  }

  public EmbeddedIpfsSettings withMinFreeBytes(long bytes) {
    return new EmbeddedIpfsSettings(storageMaxBytes, bytes, pinTimeout, sync);
  }

  public EmbeddedIpfsSettings withPinTimeout(Duration timeout) {
    return new EmbeddedIpfsSettings(storageMaxBytes, minFreeBytes, timeout, sync);
  }

  public EmbeddedIpfsSettings withSync(boolean wait) {
    return new EmbeddedIpfsSettings(storageMaxBytes, minFreeBytes, pinTimeout, wait);
  }
}
