package io.ecluster.ctl;

import io.ecluster.client.ApiException;
import io.ecluster.client.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What happens after a pin or unpin was accepted: show its status, after a second or when the peers
 * are done.
 */
final class Waiting {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final String DOING = "waiting for pin status";
  private static final Set<String> FAILED =
      Set.of("undefined", "cluster_error", "pin_error", "unpin_error");

  private Waiting() {}

  static Command describe(Command command) {
    return command
        .flag("do not show the status", "--ns", "--no-status")
        .flag("wait until as many peers are done as the pin needs at least", "-w", "--wait")
        .number("0", "N", "wait for this many peers; 0 for all", "--wl", "--wait-limit")
        .option(
            "0s",
            "DURATION",
            "wait no longer than this; 1s or less waits for ever",
            "--wt",
            "--wait-timeout");
  }

  static void finish(Session session, Arguments a, JsonObject pin, String target) {
    String cid = pin.text("cid");
    boolean waited = a.flag("--wait");
    JsonObject reached = waited ? await(session, a, cid, target, wantedPeers(pin, target)) : pin;
    if (a.flag("--no-status")) {
      session.printOne(pin, PinText::pin);
    } else if (waited) {
      session.printOne(reached, PinText::status);
    } else {
      pause(session);
      session.print("GET", "/pins/" + cid, PinText::status);
    }
  }

  /** As many peers as the pin needs at least; 0 for all. */
  private static int wantedPeers(JsonObject pin, String target) {
    long fewest = pin.number("replication_factor_min");
    return target.equals("pinned") && fewest > 0 ? (int) fewest : 0;
  }

  /** Waits for what {@code add} has pinned. */
  static void awaitAdded(Session session, Arguments a, String cid, String target) {
    int peers = (int) Math.max(0, a.number("--replication-min"));
    if (target.equals("pinned")) {
      try {
        peers = wantedPeers(PinCommands.call(session, "GET", "/allocations/" + cid), target);
      } catch (ApiException e) {
        // Not in the pinset yet, or no more: what was asked for counts.
      }
    }
    await(session, a, cid, target, peers);
  }

  /**
   * Polls until it is so. What the first look finds failed may be from before the request.
   *
   * @param peers how many have to be done if {@code --wait-limit} does not say so; 0 for all
   */
  private static JsonObject await(
      Session session, Arguments a, String cid, String target, int peers) {
    Duration limit = Arguments.duration("parsing --wait-timeout", a.text("--wait-timeout"));
    Instant end = session.waits().clock().instant().plus(limit);
    boolean bounded = limit.compareTo(POLL) > 0;
    int wanted = a.given("--wait-limit") ? (int) a.number("--wait-limit") : peers;
    for (boolean first = true; ; first = false) {
      JsonObject info = status(session, cid);
      if (!failed(info, target, first) && done(info, target, wanted)) {
        return info;
      }
      if (bounded && session.waits().clock().instant().isAfter(end)) {
        throw new LocalException(
            "error " + DOING + ": not so after " + limit.toSeconds() + " s", ExitCode.WAIT_TIMEOUT);
      }
      pause(session);
    }
  }

  private static JsonObject status(Session session, String cid) {
    try {
      return PinCommands.call(session, "GET", "/pins/" + cid);
    } catch (ApiException e) {
      throw new LocalException("error " + DOING + ": " + e.getMessage());
    }
  }

  private static boolean failed(JsonObject info, String target, boolean excused) {
    List<String> failures = states(info).stream().filter(FAILED::contains).toList();
    if (failures.isEmpty() || excused) {
      return !failures.isEmpty();
    }
    throw new LocalException(
        "error " + DOING + ": a peer reports " + failures.getFirst() + ", not " + target);
  }

  private static boolean done(JsonObject info, String target, int wanted) {
    List<String> states = states(info);
    long reached = states.stream().filter(target::equals).count();
    if (wanted > 0 && !states.isEmpty()) {
      return reached >= Math.min(wanted, states.size());
    }
    return states.stream().allMatch(state -> state.equals(target) || isElsewhere(state, target));
  }

  private static boolean isElsewhere(String state, String target) {
    return state.equals("remote") && !target.equals("unpinned");
  }

  private static List<String> states(JsonObject info) {
    Collection<Object> peers = info.object("peer_map").fields().values();
    return peers.stream().map(peer -> JsonObject.of(peer).text("status")).toList();
  }

  private static void pause(Session session) {
    try {
      session.waits().pause().sleep(POLL);
    } catch (InterruptedException e) {
      throw new LocalException("error " + DOING + ": interrupted", ExitCode.WAIT_CANCELLED);
    }
  }
}
