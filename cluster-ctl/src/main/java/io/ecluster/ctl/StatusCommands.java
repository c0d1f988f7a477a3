package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Cid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** {@code status} and {@code recover}. */
final class StatusCommands {
  private static final List<String> FILTERS =
      List.of(
          "cluster_error",
          "error",
          "pin_error",
          "pin_queued",
          "pinned",
          "pinning",
          "queued",
          "remote",
          "sharded",
          "unexpectedly_unpinned",
          "unpin_error",
          "unpin_queued",
          "unpinned",
          "unpinning");

  private StatusCommands() {}

  static Command status() {
    return Command.named("status", "Shows what each peer says of pins.")
        .details(
            "Without a CID that is all pins, unless a filter chooses some. Filters are: "
                + String.join(", ", FILTERS)
                + ".")
        .flag("ask only the contacted peer", "--local")
        .option("", "STATUS[,STATUS]", "only pins in these states", "--filter")
        .option("", "name|pinned-peer", "sort by name, or by who has it pinned", "--sort")
        .operands("[CID…]")
        .does(StatusCommands::status);
  }

  private static void status(Session session, Arguments a) {
    List<String> cids = a.operands().stream().map(cid -> PinCommands.cid(cid).toString()).toList();
    QueryString query = new QueryString().flag("local", a.flag("--local"));
    switch (cids.size()) {
      case 0 -> printAll(session, a, query.add("filter", filter(a.text("--filter"))).on("/pins"));
      case 1 -> session.print("GET", query.on("/pins/" + cids.getFirst()), PinText::status);
      default -> printAll(session, a, query.add("cids", String.join(",", cids)).on("/pins"));
    }
  }

  /** Names that are none are left out, as in Go, unless all are. */
  private static String filter(String text) {
    List<String> known =
        Arrays.stream(text.split(",")).map(String::strip).filter(FILTERS::contains).toList();
    if (known.isEmpty() && !text.isEmpty()) {
      throw new LocalException("error parsing filter flag: invalid filter name");
    }
    return String.join(",", known);
  }

  private static void printAll(Session session, Arguments a, String target) {
    String sort = a.text("--sort");
    if (sort.isEmpty()) {
      session.printAll("GET", target, PinText::status);
      return;
    }
    Comparator<JsonObject> order = order(sort);
    List<JsonObject> all = new ArrayList<>();
    session.api().stream("GET", target, all::add);
    all.sort(order);
    all.forEach(info -> session.printOne(info, PinText::status));
  }

  private static Comparator<JsonObject> order(String sort) {
    Comparator<JsonObject> byName =
        Comparator.comparing((JsonObject info) -> info.text("name"))
            .thenComparing(info -> info.text("cid"));
    return switch (sort) {
      case "name" -> byName;
      case "pinned-peer" -> Comparator.comparing(StatusCommands::pinnedPeers).thenComparing(byName);
      default ->
          throw new LocalException("error : --sort must be name or pinned-peer, not " + sort);
    };
  }

  /** The names of those that have it pinned; empty if nobody has. */
  private static String pinnedPeers(JsonObject info) {
    JsonObject peers = info.object("peer_map");
    return peers.keys().stream()
        .filter(id -> peers.object(id).text("status").equals("pinned"))
        .map(id -> peers.object(id).optionalText("peername").orElse(id))
        .sorted()
        .collect(Collectors.joining(","));
  }

  static Command recover() {
    return Command.named("recover", "Retries pins and unpins that failed.")
        .details("Without a CID that is all that failed. It ends when all of that is done.")
        .flag("only on the contacted peer", "--local")
        .operands("[CID]")
        .does(StatusCommands::recover);
  }

  private static void recover(Session session, Arguments a) {
    QueryString query = new QueryString().flag("local", a.flag("--local"));
    if (a.operands().isEmpty()) {
      session.printAll("POST", query.on("/pins/recover"), PinText::status);
    } else {
      Cid cid = PinCommands.cid(a.operand("CID"));
      session.print("POST", query.on("/pins/" + cid + "/recover"), PinText::status);
    }
  }
}
