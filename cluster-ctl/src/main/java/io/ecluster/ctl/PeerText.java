package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Peers, metrics and garbage collections as lines of text, laid out as the Go client lays them out.
 */
final class PeerText {
  private PeerText() {}

  static String peer(JsonObject peer, Style style) {
    String id = style.strong(peer.text("id"));
    if (!peer.text("error").isEmpty()) {
      return id + " | " + style.bad("ERROR: " + peer.text("error"));
    }
    StringBuilder text = new StringBuilder();
    int others = Math.max(0, peer.list("cluster_peers").size() - 1);
    text.append(
        "%s | %s | Sees %d other peers\n  > Addresses:"
            .formatted(id, peer.text("peername"), others));
    addresses(text, peer);
    JsonObject ipfs = peer.object("ipfs");
    if (!ipfs.text("error").isEmpty()) {
      return text.append("\n  > ")
          .append(style.bad("IPFS ERROR: " + ipfs.text("error")))
          .toString();
    }
    text.append("\n  > IPFS: ").append(ipfs.text("id"));
    addresses(text, ipfs);
    return text.toString();
  }

  private static void addresses(StringBuilder text, JsonObject owner) {
    owner.texts("addresses").stream()
        .sorted()
        .forEach(address -> text.append("\n    - ").append(address));
  }

  static String metric(JsonObject metric, Instant now) {
    long weight = metric.number("weight");
    boolean size = metric.text("name").equals("freespace") && weight > 0;
    return "%s | %s: %s | Expires in: %s"
        .formatted(
            metric.text("peer"),
            metric.text("name"),
            size ? Sizes.text(weight) : metric.text("value"),
            RelativeTime.text(instant(metric.number("expire")), now));
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  static String alert(JsonObject alert, Instant now) {
    return "%s: %s. Expired at: %s. Triggered at: %s"
        .formatted(
            alert.text("peer"),
            alert.text("name"),
            RelativeTime.text(instant(alert.number("expire")), now),
            RelativeTime.text(
                java.time.OffsetDateTime.parse(alert.text("triggered_at")).toInstant(), now));
  }

  static String garbageCollection(JsonObject result, Style style) {
    StringBuilder text = new StringBuilder();
    Map<String, Object> peers = new TreeMap<>(result.object("peer_map").fields());
    peers.forEach((id, peer) -> collected(text, id, JsonObject.of(peer), style));
    return text.isEmpty() ? "" : text.substring(0, text.length() - 1);
  }

  private static void collected(StringBuilder text, String id, JsonObject peer, Style style) {
    String name = peer.text("peername").isEmpty() ? id : peer.text("peername");
    String error =
        peer.text("error").isEmpty() ? "" : " | " + style.bad("ERROR: " + peer.text("error"));
    text.append("%-15s%s\n  > CIDs:\n".formatted(name, error));
    for (Object key : peer.list("keys")) {
      JsonObject entry = JsonObject.of(key);
      boolean failed = !entry.text("error").isEmpty();
      text.append("    - ")
          .append(failed ? style.bad("ERROR: " + entry.text("error")) : entry.text("key"));
      text.append('\n');
    }
  }

  /** A line for each libp2p protocol. */
  static String bandwidth(JsonObject protocols, Style style) {
    return protocols.keys().stream()
        .sorted()
        .map(name -> bandwidth(name, protocols.object(name)))
        .collect(Collectors.joining("\n"));
  }

  private static String bandwidth(String protocol, JsonObject traffic) {
    return String.format(
        Locale.ROOT,
        "%25s: In: %7s. Out: %7s. RateIn: %sB/s. RateOut: %sB/s",
        protocol,
        Sizes.text(traffic.number("total_in")),
        Sizes.text(traffic.number("total_out")),
        rate(traffic.get("rate_in")),
        rate(traffic.get("rate_out")));
  }

  /** With two digits behind the point, rounded as Go rounds: what the number really is. */
  private static String rate(@Nullable Object number) {
    double rate = number instanceof Number given ? given.doubleValue() : 0;
    return new BigDecimal(rate).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }
}
