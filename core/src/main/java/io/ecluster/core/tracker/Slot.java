package io.ecluster.core.tracker;

import java.util.Optional;

/**
 * All that goes on with one CID.
 *
 * @param operation what is wanted now; empty when IPFS is as it should be
 * @param running serial of the operation that a worker is in the middle of, 0 if none; after a
 *     change of mind not the one that is wanted
 * @param parked whether the wanted operation had its turn while an older one was still running
 */
record Slot(Optional<Operation> operation, long running, boolean parked) {
  static final Slot IDLE = new Slot(Optional.empty(), 0, false);

  Slot with(Operation newer) {
    return new Slot(Optional.of(newer), running, parked);
  }

  boolean wants(long serial) {
    return operation.isPresent() && operation.get().serial() == serial;
  }

  boolean isIdle() {
    return operation.isEmpty() && running == 0;
  }
}
