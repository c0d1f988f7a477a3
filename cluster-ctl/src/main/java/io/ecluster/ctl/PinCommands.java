package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.util.stream.Stream;

/** {@code pin add}, {@code pin rm}, {@code pin ls}. */
final class PinCommands {
  private PinCommands() {}

  static Command describe() {
    return Command.named("pin", "Adds, removes and lists pins.").sub(add()).sub(rm()).sub(ls());
  }

  private static Command add() {
    Command command =
        Command.named("add", "Pins a CID or a path.")
            .operands("CID|PATH")
            .option("0", "N", "as many copies; -1 is everywhere", "-r", "--replication")
            .option("0", "N", "fewest copies", "--rmin", "--replication-min")
            .option("0", "N", "most copies", "--rmax", "--replication-max")
            .option("", "PEER[,PEER]", "peers to prefer", "--allocs", "--allocations")
            .option("", "NAME", "a name for the pin", "-n", "--name")
            .option("recursive", "recursive|direct", "how much is pinned", "--mode")
            .option("", "DURATION", "unpin after this long", "--expire-in")
            .repeated("KEY=VALUE", "metadata, may be repeated", "--metadata");
    return Waiting.describe(command).does(PinCommands::add);
  }

  private static void add(Session session, Arguments a) {
    QueryString query =
        new QueryString()
            .add("replication", zeroIsNone(a.text("--replication")))
            .add("replication-min", zeroIsNone(a.text("--replication-min")))
            .add("replication-max", zeroIsNone(a.text("--replication-max")))
            .add("user-allocations", peers(a.text("--allocations")))
            .add("name", a.text("--name"))
            .add("mode", a.text("--mode"))
            .add("expire-in", a.text("--expire-in"))
            .metadata(a.texts("--metadata"));
    JsonObject pin = call(session, "POST", query.on(path(a.operand("CID or path"))));
    Waiting.finish(session, a, pin, "pinned");
  }

  private static Command rm() {
    Command command = Command.named("rm", "Unpins a CID or a path.").operands("CID|PATH");
    return Waiting.describe(command).does(PinCommands::rm);
  }

  private static void rm(Session session, Arguments a) {
    JsonObject pin = call(session, "DELETE", path(a.operand("CID or path")));
    Waiting.finish(session, a, pin, "unpinned");
  }

  private static Command ls() {
    return Command.named("ls", "Lists the pinset.")
        .option("all", "TYPE[,TYPE]", "pin, meta-pin, clusterdag-pin, shard-pin or all", "--filter")
        .operands("[CID]")
        .does(PinCommands::ls);
  }

  private static void ls(Session session, Arguments a) {
    if (a.operands().isEmpty()) {
      String target = new QueryString().add("filter", a.text("--filter")).on("/allocations");
      session.printAll("GET", target, PinText::pin);
    } else {
      session.print("GET", "/allocations/" + cid(a.operand("CID")), PinText::pin);
    }
  }

  static JsonObject call(Session session, String method, String target) {
    return JsonObject.of(session.api().call(method, target));
  }

  static Cid cid(String text) {
    try {
      return Cid.parse(text);
    } catch (FormatException e) {
      throw new LocalException("error parsing cid: " + e.getMessage());
    }
  }

  static PeerId peer(String text) {
    try {
      return PeerId.parse(text);
    } catch (FormatException e) {
      throw new LocalException("error parsing peer ID: " + e.getMessage());
    }
  }

  private static String peers(String commaList) {
    Stream.of(commaList.split(",")).filter(id -> !id.isEmpty()).forEach(PinCommands::peer);
    return commaList;
  }

  /** A bare CID is taken as {@code /ipfs/CID}. */
  private static String path(String operand) {
    if (!operand.startsWith("/")) {
      return "/pins/ipfs/" + cid(operand);
    }
    StringBuilder encoded = new StringBuilder("/pins");
    for (String part : operand.split("/")) {
      if (!part.isEmpty()) {
        encoded.append('/').append(Session.encode(part).replace("+", "%20"));
      }
    }
    return encoded.toString();
  }

  static String zeroIsNone(String number) {
    return number.equals("0") ? "" : number;
  }
}
