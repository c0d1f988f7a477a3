package io.ecluster.core.tracker;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.multiformats.Cid;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Writes what this peer says of a pin. */
final class Infos {
  private final Supplier<Identity> self;
  private final InstantSource clock;

  Infos(Supplier<Identity> self, InstantSource clock) {
    this.self = self;
    this.clock = clock;
  }

  PinInfo of(Operation operation) {
    return info(
        operation.pin(),
        operation.status(),
        operation.since(),
        operation.error(),
        operation.attempts(),
        operation.priority());
  }

  PinInfo of(Pin pin, TrackerStatus status, String error) {
    return info(pin, status, clock.instant(), error, 0, false);
  }

  PinInfo unpinned(Cid cid) {
    return of(Pin.of(cid, PinOptions.NONE), TrackerStatus.UNPINNED, "");
  }

  private PinInfo info(
      Pin pin, TrackerStatus status, Instant since, String error, int attempts, boolean priority) {
    Identity me = self.get();
    return new PinInfo(
        pin.cid(),
        pin.options().name(),
        me.peer(),
        pin.allocations(),
        pin.options().origins(),
        pin.timestamp(),
        pin.options().metadata(),
        me.peerName(),
        me.ipfsId(),
        me.ipfsAddresses(),
        status,
        since,
        error,
        attempts,
        priority);
  }
}
