package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code pin}: add, rm, update and ls. */
final class PinCommands {
  private static final Set<String> NAMESPACES = Set.of("ipfs", "ipns", "ipld");

  private PinCommands() {}

  static Command describe() {
    return Command.named("pin", "Adds, removes and lists pins.")
        .sub(add())
        .sub(rm())
        .sub(update())
        .sub(ls());
  }

  private static Command add() {
    Command command =
        Command.named("add", "Pins a CID or a path.")
            .details(
                "The peers are chosen by the cluster, those of --allocations before others. As many"
                    + " copies are made as the replication factors say; -1 pins everywhere, 0 takes"
                    + " what the cluster's configuration says.",
                "A path such as /ipfs/CID/a/b, /ipns/NAME or /ipld/CID is resolved once.")
            .operands("CID|PATH")
            .number("0", "N", "as many copies, whatever min and max say", "-r", "--replication")
            .number("0", "N", "fewest copies", "--rmin", "--replication-min")
            .number("0", "N", "most copies", "--rmax", "--replication-max")
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
            .number("replication", a.number("--replication"))
            .number("replication-min", a.number("--replication-min"))
            .number("replication-max", a.number("--replication-max"))
            .add("user-allocations", peers(a.text("--allocations")))
            .add("name", a.text("--name"))
            .add("mode", a.text("--mode"))
            .add("expire-at", Expiry.time(session, a.text("--expire-in")))
            .metadata(a.texts("--metadata"));
    JsonObject pin = call(session, "POST", query.on(path(a.operand("CID or path"))));
    Waiting.finish(session, a, pin, "pinned");
  }

  private static Command rm() {
    Command command =
        Command.named("rm", "Unpins a CID or a path.")
            .details("The root of something erasure-coded takes its shards with it.")
            .operands("CID|PATH");
    return Waiting.describe(command).does(PinCommands::rm);
  }

  private static void rm(Session session, Arguments a) {
    JsonObject pin = call(session, "DELETE", path(a.operand("CID or path")));
    Waiting.finish(session, a, pin, "unpinned");
  }

  private static Command update() {
    Command command =
        Command.named("update", "Pins another CID or path in the way of an existing pin.")
            .details(
                "The new pin has all options of the old one, and the same peers, which already have"
                    + " the blocks that both share. The old one stays; pin rm removes it.")
            .operands("CID NEW-CID|PATH")
            .option("", "NAME", "another name for the new pin", "-n", "--name")
            .option("", "DURATION", "unpin the new one after this long", "--expire-in");
    return Waiting.describe(command).does(PinCommands::update);
  }

  private static void update(Session session, Arguments a) {
    if (a.operands().size() != 2) {
      throw new LocalException("error : need exactly two: a CID, and another CID or path");
    }
    QueryString query =
        new QueryString()
            .add("name", a.text("--name"))
            .add("expire-at", Expiry.time(session, a.text("--expire-in")))
            .add("pin-update", cid(a.operands().getFirst()).toString());
    JsonObject pin = call(session, "POST", query.on(path(a.operands().getLast())));
    Waiting.finish(session, a, pin, "pinned");
  }

  private static Command ls() {
    return Command.named("ls", "Lists the pinset.")
        .details(
            "This is what shall be pinned and where. Whether it is, status says.",
            "The filter is for the whole list: all, or some of pin, meta-pin (roots of what is"
                + " coded), clusterdag-pin (their manifests) and shard-pin.")
        .option("all", "TYPE[,TYPE]", "only pins of these types", "--filter")
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
    if (commaList.isEmpty()) {
      return "";
    }
    return Stream.of(commaList.split(",", -1))
        .map(id -> peer(id.strip()).toString())
        .collect(Collectors.joining(","));
  }

  /** A bare CID, also with a path behind it, is taken as {@code /ipfs/CID}. */
  private static String path(String operand) {
    String whole = operand.startsWith("/") ? operand : "/ipfs/" + operand;
    List<String> parts =
        Stream.of(whole.split("/"))
            .filter(part -> !part.isEmpty())
            .map(PinCommands::clean)
            .toList();
    if (parts.size() < 2 || !NAMESPACES.contains(parts.getFirst())) {
      throw new LocalException(
          "error : \"" + operand + "\" is neither a CID nor a path such as /ipfs/CID/file");
    }
    if (!parts.getFirst().equals("ipns")) {
      cid(parts.get(1));
    }
    return "/pins/" + parts.stream().map(Session::encodePart).collect(Collectors.joining("/"));
  }

  private static String clean(String part) {
    if (part.equals("..") || part.equals(".")) {
      throw new LocalException("error : a path in IPFS has no \"" + part + "\"");
    }
    return part;
  }
}
