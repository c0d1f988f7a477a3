package io.ecluster.service.pinsvc;

import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.service.http.ApiException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How a pin is doing, by the worst that a peer says of it. The order is that of precedence. */
enum Status {
  FAILED(TrackerStatus.ERROR_BITS),
  QUEUED(TrackerStatus.PIN_QUEUED.bit()),
  PINNING(TrackerStatus.PINNING.bit()),
  PINNED(TrackerStatus.PINNED.bit() | TrackerStatus.SHARDED.bit());

  private final int bits;

  Status(int bits) {
    this.bits = bits;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Nothing for a pin that is not there, or is being removed. */
  static Optional<Status> of(GlobalPinInfo info) {
    int mask = 0;
    for (PinInfo peer : info.peers().values()) {
      mask |= peer.status().bit();
    }
    if (mask == 0) {
      return Optional.of(QUEUED); // committed, and nobody has said anything yet
    }
    for (Status status : values()) {
      if ((mask & status.bits) != 0) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /**
   * The statuses in a list such as {@code queued,pinned}; all of them for an empty one.
   *
   * @throws ApiException with 400 if it names others only
   */
  static Set<Status> parse(List<String> names) {
    if (names.isEmpty()) {
      return EnumSet.allOf(Status.class);
    }
    List<String> wanted = names.stream().map(String::strip).toList();
    Set<Status> found = EnumSet.noneOf(Status.class);
    Arrays.stream(values()).filter(s -> wanted.contains(s.text())).forEach(found::add);
    if (found.isEmpty()) {
      throw ApiException.badRequest(
          "error decoding 'status' query param: there are queued, pinning, pinned and failed");
    }
    return found;
  }

  /**
   * What to ask peers for so that the status of all that is wanted comes out right: also what would
   * take precedence. 0 for everything.
   */
  static int filter(Collection<Status> wanted) {
    if (wanted.contains(PINNED)) {
      return 0;
    }
    int filter = 0;
    int seen = 0;
    for (Status status : values()) {
      filter |= status.bits;
      seen += wanted.contains(status) ? 1 : 0;
      if (seen == wanted.size()) {
        return filter;
      }
    }
    return 0;
  }
}
