package io.ecluster.recovery;

import io.ecluster.core.pin.Pin;

/** A pin that is not erasure-coded was asked to be repaired. */
public class NotCodedException extends IllegalArgumentException {
  NotCodedException(Pin pin) {
    super(
        pin.cid()
            + " is pinned without erasure coding ("
            + pin.type().text()
            + "); only roots added with --erasure can be repaired, 'recover' is for others");
  }
}
