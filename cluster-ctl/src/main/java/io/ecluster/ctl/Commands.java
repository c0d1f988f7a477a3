package io.ecluster.ctl;

import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Every command, with its options. */
final class Commands {
  static final String PROGRAM = "ipfs-cluster-ctl";

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
          "ecrecovery",
          "completion",
          "man",
          "commands",
          "help");

  private Commands() {}

  static CommandSpec all() {
    return only(NAMES);
  }

  /** Those that are named: describing all takes a third of the time that a command runs. */
  static CommandSpec only(Collection<String> named) {
    Command root =
        Command.named(PROGRAM, "Manages an IPFS Cluster with erasure coding.")
            .details(
                "Hosts are multiaddrs such as /ip4/127.0.0.1/tcp/9094, /dns4/NAME/tcp/9094,"
                    + " /unix/PATH or, for HTTP over libp2p, /ip4/…/tcp/…/p2p/ID and /dnsaddr/NAME."
                    + " Of several, and of several addresses of a name, the first that answers is"
                    + " used.");
    globalOptions(root);
    for (String name : NAMES) {
      if (named.contains(name)) {
        root.sub(describe(name));
      }
    }
    return root.spec();
  }

  private static void globalOptions(Command root) {
    root.option(
            "/ip4/127.0.0.1/tcp/9094", "ADDRESS[,ADDRESS]", "the API to talk to", "-l", "--host")
        .option(
            "", "HEX", "the cluster's secret, for libp2p hosts in its private network", "--secret")
        .flag("use HTTPS", "-s", "--https")
        .flag("take any certificate of an HTTPS host", "--no-check-certificate")
        .option("text", "text|json", "how results are printed", "--enc", "--encoding")
        .number("0", "SECONDS", "give up after this long; 0 waits", "-t", "--timeout")
        .flag("tell of each request, on stderr", "-d", "--debug")
        .option(
            "",
            "USER[:PASSWORD]",
            "who you are, also from CLUSTER_CREDENTIALS; uses HTTPS",
            "--basic-auth")
        .flag("plain HTTP although credentials are given", "-f", "--force-http")
        .flag("print the version", "-v", "--version");
  }

  private static Command describe(String name) {
    return switch (name) {
      case "id" -> Command.named(name, "Shows the peer.").does(Commands::id);
      case "peers" -> peers().sub(ShellCommands.help());
      case "add" -> AddCommand.describe();
      case "pin" -> PinCommands.describe().sub(ShellCommands.help());
      case "status" -> StatusCommands.status();
      case "recover" -> StatusCommands.recover();
      case "version" -> Command.named(name, "Shows the peer's version.").does(Commands::version);
      case "health" -> HealthCommands.describe().sub(ShellCommands.help());
      case "ipfs" -> ipfs().sub(ShellCommands.help());
      case "ecget" -> EcGetCommand.describe();
      case "ecrecovery" -> EcRecoveryCommand.describe();
      case "completion" -> ShellCommands.completion();
      case "man" -> ShellCommands.man();
      case "commands" -> ShellCommands.list();
      case "help" -> ShellCommands.help();
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  private static Command peers() {
    return Command.named("peers", "Lists and removes the members.")
        .sub(
            Command.named("ls", "Lists the members.")
                .does((session, _) -> session.printAll("GET", "/peers", PeerText::peer)))
        .sub(
            Command.named("rm", "Removes a member.")
                .operands("PEER")
                .does((session, a) ->
                    session.api().call("DELETE", "/peers/" + PinCommands.peer(a.operand("peer")))));
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
    session.print("GET", "/version", (answer, _) -> answer.text("version"));
  }
}
