package io.ecluster.core.tracker;

import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.multiformats.Cid;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What goes on with all CIDs, and how many there are of each status. Not safe for threads. */
final class Slots {
  private final Map<Cid, Slot> slots = new HashMap<>();
  private final Map<TrackerStatus, Integer> counts = new EnumMap<>(TrackerStatus.class);

  Slot get(Cid cid) {
    return slots.getOrDefault(cid, Slot.IDLE);
  }

  void put(Cid cid, Slot slot) {
    count(get(cid).operation(), -1);
    count(slot.operation(), 1);
    if (slot.isIdle()) {
      slots.remove(cid);
    } else {
      slots.put(cid, slot);
    }
  }

  private void count(Optional<Operation> operation, int change) {
    operation.ifPresent(o -> counts.merge(o.status(), change, Integer::sum));
  }

  Map<Cid, Operation> operations() {
    Map<Cid, Operation> all = new HashMap<>();
    slots.forEach((cid, slot) -> slot.operation().ifPresent(o -> all.put(cid, o)));
    return all;
  }

  /** How many operations are in each status; kept as they change, so that asking is cheap. */
  Map<TrackerStatus, Integer> counts() {
    return new EnumMap<>(counts);
  }
}
