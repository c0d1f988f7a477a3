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
  private static final Pattern PART = Pattern.compile("([0-9.]+)(ms|s|m|h)");

  private Waiting() {}

  static Command describe(Command command) {
    return command
        .flag("do not show the status", "--ns", "--no-status")
        .flag("wait until all peers are done", "-w", "--wait")
        .option("0", "N", "wait for this many peers only", "--wl", "--wait-limit")
        .option("0s", "DURATION", "wait no longer than this", "--wt", "--wait-timeout");
  }

  static void finish(Session session, Arguments a, JsonObject pin, String target)
      throws LocalException {
    String cid = pin.text("cid");
    if (a.flag("--wait")) {
      await(session, a, cid, target);
    } else if (a.flag("--no-status")) {
      session.printOne(pin, PinText::pin);
      return;
    } else {
      pause();
    }
    session.print("GET", "/pins/" + cid, PinText::status);
  }

  static void await(Session session, Arguments a, String cid, String target) {
    Duration limit = duration(a.text("--wait-timeout"));
    Instant end = Instant.now().plus(limit);
    boolean bounded = limit.compareTo(Duration.ofSeconds(1)) > 0;
    int peers = a.given("--wait-limit") ? Integer.parseInt(a.text("--wait-limit")) : 0;
    while (!done(session, cid, target, peers)) {
      if (bounded && Instant.now().isAfter(end)) {
        throw new LocalException(
            "error waiting for pin: timed out after " + limit.toSeconds() + " s",
            ExitCode.WAIT_TIMEOUT);
      }
      pause();
    }
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

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      throw new LocalException("error waiting for pin: interrupted", 125);
    }
  }

  private static Duration duration(String text) {
    Matcher parts = PART.matcher(text);
    double seconds = 0;
    while (parts.find()) {
      double unit =
          switch (parts.group(2)) {
            case "ms" -> 0.001;
            case "s" -> 1;
            case "m" -> 60;
            default -> 3600;
          };
      seconds += Double.parseDouble(parts.group(1)) * unit;
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
