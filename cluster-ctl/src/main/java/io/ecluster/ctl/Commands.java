package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Cid;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Every command, with its options. */
final class Commands {
  /** In the order in which they are listed. */
  private static final List<String> NAMES =
      List.of(
          "id",
          "peers",
          "add",
          "pin",
          "status",
          "recover",
          "version",
          "health",
          "ipfs",
          "ecget",
          "ecrecovery");

  private Commands() {}

  static CommandSpec all() {
    return only(NAMES);
  }

  /** Those that are named: describing all takes a third of the time that a command runs. */
  static CommandSpec only(Collection<String> named) {
    Command root =
        Command.named("ipfs-cluster-ctl", "Manages an IPFS Cluster with erasure coding.")
            .option(
                "/ip4/127.0.0.1/tcp/9094",
                "ADDRESS[,ADDRESS]",
                "the API to talk to",
                "-l",
                "--host")
            .option("text", "text|json", "how results are printed", "--enc", "--encoding")
            .option("0", "SECONDS", "gives up after this long; 0 waits", "-t", "--timeout")
            .option("", "USER:PASSWORD", "also from CLUSTER_CREDENTIALS", "--basic-auth")
            .flag("plain HTTP although credentials are given", "-f", "--force-http")
            .flag("say more", "-d", "--debug")
            .flag("print the version", "-v", "--version");
    for (String name : NAMES) {
      if (named.contains(name)) {
        root.sub(describe(name));
      }
    }
    return root.spec();
  }

  private static Command describe(String name) {
    return switch (name) {
      case "id" -> Command.named(name, "Shows the peer.").does(Commands::id);
      case "peers" -> peers();
      case "add" -> AddCommand.describe();
      case "pin" -> PinCommands.describe();
      case "status" -> status();
      case "recover" -> recover();
      case "version" -> Command.named(name, "Shows the peer's version.").does(Commands::version);
      case "health" -> health();
      case "ipfs" -> ipfs();
      case "ecget" -> EcGetCommand.describe();
      case "ecrecovery" -> EcRecoveryCommand.describe();
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  private static Command peers() {
    return Command.named("peers", "Lists the members.")
        .sub(
            Command.named("ls", "Lists the members.")
                .does((session, _) -> session.printAll("GET", "/peers", PeerText::peer)))
        .sub(
            Command.named("rm", "Removes a member.")
                .operands("PEER")
                .does((session, a) ->
                    session.api().call("DELETE", "/peers/" + PinCommands.peer(a.operand("peer")))));
  }

  private static Command status() {
    return Command.named("status", "Shows what each peer says of pins.")
        .flag("ask only the contacted peer", "--local")
        .option("", "STATUS[,STATUS]", "only pins in these states", "--filter")
        .operands("CID")
        .does(Commands::status);
  }

  private static void status(Session session, Arguments a) {
    List<String> cids = a.operands().stream().map(cid -> PinCommands.cid(cid).toString()).toList();
    QueryString query = new QueryString().flag("local", a.flag("--local"));
    switch (cids.size()) {
      case 0 ->
          session.printAll(
              "GET", query.add("filter", a.text("--filter")).on("/pins"), PinText::status);
      case 1 -> session.print("GET", query.on("/pins/" + cids.getFirst()), PinText::status);
      default ->
          session.printAll(
              "GET", query.add("cids", String.join(",", cids)).on("/pins"), PinText::status);
    }
  }

  private static Command recover() {
    return Command.named("recover", "Retries pins that failed.")
        .flag("only on the contacted peer", "--local")
        .operands("[CID]")
        .does(Commands::recover);
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

  private static Command health() {
    return Command.named("health", "Shows how the cluster is.")
        .sub(
            Command.named("metrics", "Shows the latest metrics of all peers.")
                .operands("[NAME]")
                .does(Commands::metrics))
        .sub(Command.named("alerts", "Shows metrics that ran out.").does(Commands::alerts));
  }

  private static void metrics(Session session, Arguments a) {
    String path = "/monitor/metrics";
    if (a.operands().isEmpty()) {
      printList(session, path, String::valueOf);
    } else {
      Instant now = Instant.now();
      String named = path + "/" + Session.encode(a.operand("metric name")).replace("+", "%20");
      printList(session, named, m -> PeerText.metric(JsonObject.of(m), now));
    }
  }

  private static void alerts(Session session, Arguments a) {
    Instant now = Instant.now();
    printList(session, "/health/alerts", alert -> PeerText.alert(JsonObject.of(alert), now));
  }

  private static void printList(
      Session session, String target, java.util.function.Function<Object, String> text) {
    Object answer = session.api().call("GET", target);
    if (session.output().json()) {
      session.output().document(answer);
    } else if (answer instanceof List<?> list) {
      list.forEach(item -> session.output().line(text.apply(item)));
    }
  }

  private static Command ipfs() {
    return Command.named("ipfs", "Works on the IPFS nodes.")
        .sub(
            Command.named("gc", "Collects garbage on the IPFS nodes.")
                .flag("only on the contacted peer", "--local")
                .does(Commands::collect));
  }

  private static void collect(Session session, Arguments a) {
    String target = new QueryString().flag("local", a.flag("--local")).on("/ipfs/gc");
    session.print("POST", target, PeerText::garbageCollection);
  }

  private static void id(Session session, Arguments a) {
    session.print("GET", "/id", PeerText::peer);
  }

  private static void version(Session session, Arguments a) {
    session.print("GET", "/version", answer -> answer.text("version"));
  }
}
