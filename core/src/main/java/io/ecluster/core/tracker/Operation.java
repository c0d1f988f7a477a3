package io.ecluster.core.tracker;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.ipfs.IpfsNode.PinMode;
import java.time.Instant;

/**
 * Something this peer is to do to its IPFS node about one CID.
 *
 * @param serial tells this operation from an older one for the same CID; never 0
 * @param attempts how often it was started, over all retries of the same kind
 * @param since when it came into its phase
 * @param error why the last attempt failed, else empty
 */
record Operation(
    long serial,
    Kind kind,
    Pin pin,
    Phase phase,
    int attempts,
    boolean priority,
    Instant since,
    String error) {

  enum Kind {
    PIN,
    UNPIN,
    /** Lets go of what another peer is to hold. */
    REMOTE
  }

  enum Phase {
    QUEUED,
    RUNNING,
    ERROR
  }

  TrackerStatus status() {
    return switch (kind) {
      case PIN ->
          switch (phase) {
            case QUEUED -> TrackerStatus.PIN_QUEUED;
            case RUNNING -> TrackerStatus.PINNING;
            case ERROR -> TrackerStatus.PIN_ERROR;
          };
      case UNPIN ->
          switch (phase) {
            case QUEUED -> TrackerStatus.UNPIN_QUEUED;
            case RUNNING -> TrackerStatus.UNPINNING;
            case ERROR -> TrackerStatus.UNPIN_ERROR;
          };
      case REMOTE -> TrackerStatus.REMOTE;
    };
  }

  PinMode mode() {
    return modeOf(pin);
  }

  static PinMode modeOf(Pin pin) {
    return pin.maxDepth() == Pin.DIRECT ? PinMode.DIRECT : PinMode.RECURSIVE;
  }

  Operation withPin(Pin newer) {
    return new Operation(serial, kind, newer, phase, attempts, priority, since, error);
  }

  Operation started(Instant now) {
    return new Operation(serial, kind, pin, Phase.RUNNING, attempts + 1, priority, now, "");
  }

  Operation failed(String why, Instant now) {
    return new Operation(serial, kind, pin, Phase.ERROR, attempts, priority, now, why);
  }
}
