package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What happens after a pin or unpin was accepted: show its status, at once or when all peers are
 * done.
 */
final class Waiting {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Set<String> FAILED =
      Set.of("undefined", "cluster_error", "pin_error", "unpin_error");
  private static final Pattern WHOLE = Pattern.compile("0|([0-9]*\\.?[0-9]+(ns|us|µs|ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]+)(ns|us|µs|ms|s|m|h)");

  private Waiting() {}

  static Command describe(Command command) {
    return command
        .flag("do not show the status", "--ns", "--no-status")
        .flag("wait until all peers are done", "-w", "--wait")
        .option("0", "N", "wait for this many peers only", "--wl", "--wait-limit")
        .option("0s", "DURATION", "wait no longer than this", "--wt", "--wait-timeout");
  }

  static void finish(Session session, Arguments a, JsonObject pin, String target) {
    String cid = pin.text("cid");
    if (a.flag("--wait")) {
      await(session, a, cid, target, wantedPeers(pin, target));
    } else if (a.flag("--no-status")) {
      session.printOne(pin, PinText::pin);
      return;
    } else {
      pause(session);
    }
    session.print("GET", "/pins/" + cid, PinText::status);
  }

  /** As many peers as the pin needs at least; 0 for all. */
  private static int wantedPeers(JsonObject pin, String target) {
    long fewest = pin.number("replication_factor_min");
    return target.equals("pinned") && fewest > 0 ? (int) fewest : 0;
  }

  /**
   * @param peers how many have to be done if {@code --wait-limit} does not say so; 0 for all
   */
  static void await(Session session, Arguments a, String cid, String target, int peers) {
    Duration limit = duration(a.text("--wait-timeout"));
    Instant end = session.waits().clock().instant().plus(limit);
    boolean bounded = limit.compareTo(Duration.ofSeconds(1)) > 0;
    int wanted = a.given("--wait-limit") ? count(a.text("--wait-limit")) : peers;
    while (!done(session, cid, target, wanted)) {
      if (bounded && session.waits().clock().instant().isAfter(end)) {
        throw new LocalException(
            "error waiting for pin: timed out after " + limit.toSeconds() + " s",
            ExitCode.WAIT_TIMEOUT);
      }
      pause(session);
    }
  }

  private static int count(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new LocalException("error : --wait-limit must be a number of peers, not " + text);
    }
    return Integer.parseInt(text);
  }

  private static boolean done(Session session, String cid, String target, int limit) {
    JsonObject info = PinCommands.call(session, "GET", "/pins/" + cid);
    Collection<Object> peers = info.object("peer_map").fields().values();
    List<String> states = peers.stream().map(p -> JsonObject.of(p).text("status")).toList();
    states.stream().filter(FAILED::contains).findFirst().ifPresent(Waiting::fail);
    long reached = states.stream().filter(target::equals).count();
    long others = states.stream().filter(state -> !state.equals("remote")).count();
    return limit > 0 ? reached >= Math.min(limit, states.size()) : reached == others;
  }

  private static void fail(String state) {
    throw new LocalException("error waiting for pin: a peer reports " + state);
  }

  private static void pause(Session session) {
    try {
      session.waits().pause().sleep(POLL);
    } catch (InterruptedException e) {
      throw new LocalException("error waiting for pin: interrupted", ExitCode.WAIT_CANCELLED);
    }
  }

  static Duration duration(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new LocalException(
          "error : --wait-timeout must be a duration such as 30s or 5m, not " + text);
    }
    double seconds = 0;
    for (Matcher part = PART.matcher(text); part.find(); ) {
      seconds += Double.parseDouble(part.group(1)) * unitSeconds(part.group(2));
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private static double unitSeconds(String unit) {
    return switch (unit) {
      case "ns" -> 1e-9;
      case "us", "µs" -> 1e-6;
      case "ms" -> 1e-3;
      case "s" -> 1;
      case "m" -> 60;
      default -> 3600;
    };
  }
}
