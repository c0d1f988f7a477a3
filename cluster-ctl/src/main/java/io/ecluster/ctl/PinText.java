package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Pins and their status as lines of text, laid out as the Go client lays them out. */
final class PinText {
  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";
  private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private PinText() {}

  /** One line of {@code pin ls}. */
  static String pin(JsonObject pin) {
    return String.join(
        " | ",
        pin.text("cid"),
        pin.text("name"),
        type(pin),
        replication(pin),
        depth(pin.number("max_depth")),
        "Metadata: " + (pin.object("metadata").keys().isEmpty() ? "no" : "yes"),
        "Exp: " + when(pin.text("expire_at"), "∞"),
        "Added: " + when(pin.text("timestamp"), "unknown"));
  }

  private static String type(JsonObject pin) {
    String type = pin.text("type").toUpperCase(Locale.ROOT);
    return pin.text("mode").equals("direct") ? type + "-DIRECT" : type;
  }

  private static String replication(JsonObject pin) {
    long min = pin.number("replication_factor_min");
    if (min < 0) {
      return "Repl. Factor: -1 | Allocations: [everywhere]";
    }
    List<String> peers = pin.texts("allocations").stream().sorted().toList();
    return "Repl. Factor: %d--%d | Allocations: [%s]"
        .formatted(min, pin.number("replication_factor_max"), String.join(" ", peers));
  }

  private static String depth(long depth) {
    return depth < 0 ? "Recursive" : depth == 0 ? "Direct" : "Recursive-" + depth;
  }

  private static String when(String time, String none) {
    return time.isEmpty() || time.equals(ZERO_TIME)
        ? none
        : OffsetDateTime.parse(time).format(WHEN);
  }

  /** The block of lines that {@code status} prints for a CID. */
  static String status(JsonObject info) {
    String name = info.text("name");
    StringBuilder text = new StringBuilder(info.text("cid"));
    text.append(name.isEmpty() ? ":" : " | " + name + ":");
    Map<String, Object> peers = new TreeMap<>(info.object("peer_map").fields());
    peers.forEach((id, peer) -> text.append('\n').append(peerStatus(id, JsonObject.of(peer))));
    return text.toString();
  }

  private static String peerStatus(String id, JsonObject peer) {
    String name = peer.text("peername").isEmpty() ? id : peer.text("peername");
    String error = peer.text("error").isEmpty() ? "" : ": " + peer.text("error");
    return "    > %-20s : %s%s | %s | Attempts: %d | Priority: %s"
        .formatted(
            name,
            peer.text("status").toUpperCase(Locale.ROOT),
            error,
            seconds(peer.text("timestamp")),
            peer.number("attempt_count"),
            peer.flag("priority_pin"));
  }

  private static String seconds(String time) {
    return time.isEmpty()
        ? ZERO_TIME
        : DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX")
            .format(OffsetDateTime.parse(time));
  }
}
