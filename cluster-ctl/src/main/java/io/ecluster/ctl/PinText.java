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

  private static final int NAME_WIDTH = 20;
  private static final int TYPE_WIDTH = "META-PIN-DIRECT".length();
  private static final int DEPTH_WIDTH = "Recursive-1".length();
  private static final int STATUS_WIDTH = "PIN_QUEUED".length();

  private PinText() {}

  /** One line of {@code pin ls}. */
  static String pin(JsonObject pin, Style style) {
    return String.join(
        " | ",
        style.strong(pin.text("cid")),
        style.column(pin.text("name"), NAME_WIDTH),
        style.column(type(pin), TYPE_WIDTH),
        replication(pin),
        style.column(depth(pin.number("max_depth")), DEPTH_WIDTH),
        "Metadata: " + style.column(pin.object("metadata").keys().isEmpty() ? "no" : "yes", 3),
        "Exp: " + when(pin.text("expire_at"), "∞"),
        "Added: " + when(pin.text("timestamp"), "unknown"));
  }

  private static String type(JsonObject pin) {
    String type = pin.text("type").toUpperCase(Locale.ROOT);
    return pin.text("mode").equals("direct") ? type + "-DIRECT" : type;
  }

  private static String replication(JsonObject pin) {
    long min = pin.number("replication_factor_min");
    long max = pin.number("replication_factor_max");
    if (min == -1 && max == -1) {
      return "Repl. Factor: -1 | Allocations: [everywhere]";
    }
    List<String> peers = pin.texts("allocations").stream().sorted().toList();
    return "Repl. Factor: %d--%d | Allocations: [%s]".formatted(min, max, String.join(" ", peers));
  }

  private static String depth(long depth) {
    return depth == -1 ? "Recursive" : depth == 0 ? "Direct" : "Recursive-" + depth;
  }

  private static String when(String time, String none) {
    return time.isEmpty() || time.equals(ZERO_TIME)
        ? none
        : OffsetDateTime.parse(time).format(WHEN);
  }

  /** The block of lines that {@code status} prints for a CID. */
  static String status(JsonObject info, Style style) {
    String name = info.text("name");
    StringBuilder text = new StringBuilder(style.strong(info.text("cid")));
    text.append(name.isEmpty() ? ":" : " | " + name + ":");
    Map<String, Object> peers = new TreeMap<>(info.object("peer_map").fields());
    peers.forEach(
        (id, peer) -> text.append('\n').append(peerStatus(id, JsonObject.of(peer), style)));
    return text.toString();
  }

  private static String peerStatus(String id, JsonObject peer, Style style) {
    String name = peer.text("peername").isEmpty() ? id : peer.text("peername");
    String status = peer.text("status").toUpperCase(Locale.ROOT);
    String padding = style.column(status, STATUS_WIDTH).substring(status.length());
    String error = peer.text("error").isEmpty() ? "" : ": " + style.bad(peer.text("error"));
    return "    > %-20s : %s%s%s | %s | Attempts: %d | Priority: %s"
        .formatted(
            name,
            style.status(status),
            error,
            error.isEmpty() ? padding : "",
            time(peer),
            peer.number("attempt_count"),
            peer.flag("priority_pin"));
  }

  /** With all its digits, as Go prints it. */
  private static String time(JsonObject peer) {
    return peer.optionalText("timestamp").orElse(ZERO_TIME);
  }
}
