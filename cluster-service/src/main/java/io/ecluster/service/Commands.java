package io.ecluster.service;

import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Every command of the program, with its flags and what it does. */
final class Commands {
  private static final int HELP_COLUMNS = 100;

  private final CommandSpec spec;
  private Optional<Invocation.Action> action = Optional.empty();

  private Commands(String name, String description) {
    spec = CommandSpec.wrapWithoutInspection(this).name(name);
    spec.usageMessage().description(description).width(HELP_COLUMNS);
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
  }

  static CommandSpec all() {
    return new Commands("ipfs-cluster-service", "Runs an IPFS Cluster peer.")
        .text("", "FOLDER", "the peer's folder; also IPFS_CLUSTER_PATH", "-c", "--config")
        .flag("do not ask", "-f", "--force")
        .flag("log everything", "-d", "--debug")
        .text(
            "",
            "LEVEL|COMPONENT:LEVEL,…",
            "what is logged; also IPFS_CLUSTER_LOG_LEVEL",
            "-l",
            "--loglevel")
        .flag("show the version", "-v", "--version")
        .sub(initialise())
        .sub(daemon())
        .sub(state())
        .sub(new Commands("version", "Shows the version.").does(Main::version))
        .sub(
            new Commands("help", "Shows the help of a command.")
                .operand("[COMMAND]", "the command")
                .as("h")
                .does(Main::help))
        .spec;
  }

  /** What a command does, if it does anything by itself. */
  static Optional<Invocation.Action> actionOf(CommandSpec spec) {
    return spec.userObject() instanceof Commands commands ? commands.action : Optional.empty();
  }

  private static Commands initialise() {
    return new Commands("init", "Makes the configuration and the identity of a peer.")
        .operand("[URL]", "where the configuration is fetched from at every start")
        .text("crdt", "crdt", "how peers agree; raft is refused", "--consensus")
        .text("rocksdb", "NAME", "accepted; records are kept in RocksDB", "--datastore")
        .flag("ask for the cluster's secret", "-s", "--custom-secret")
        .text("", "ADDRESS,…", "peers to join and trust", "--peers")
        .flag("replace an existing configuration without asking", "-f", "--force")
        .flag("listen on free ports", "--randomports")
        .does(InitCommand::run);
  }

  private static Commands daemon() {
    return new Commands("daemon", "Runs the peer until it is stopped.")
        .flag("accepted; there is nothing to migrate", "-u", "--upgrade")
        .text("", "ADDRESS,…", "peers to join", "-j", "--bootstrap")
        .flag("accepted; peers leave a crdt cluster by going away", "-x", "--leave")
        .flag("measure, as observations.metrics.enable_stats", "--stats")
        .flag("trace, as observations.tracing.enable_tracing", "--tracing")
        .flag("do not trust the peers given by --bootstrap", "--no-trust")
        .does(DaemonCommand::run);
  }

  private static Commands state() {
    return new Commands("state", "Looks after the pinset of a peer that is not running.")
        .sub(
            new Commands("export", "Writes all pins, one JSON document a line.")
                .text("", "FILE", "written instead of stdout", "-f", "--file")
                .does(StateCommands::export))
        .sub(
            new Commands("import", "Replaces all pins by those of an export.")
                .operand("[FILE]", "the export; stdin if not given")
                .flag("do not ask", "-f", "--force")
                .text("0", "N", "least copies of every pin", "--rmin", "--replication-min")
                .text("0", "N", "most copies of every pin", "--rmax", "--replication-max")
                .text("", "PEER,…", "peers that hold every pin", "--allocs", "--allocations")
                .does(StateCommands::importState))
        .sub(
            new Commands("cleanup", "Removes all pins, as if the peer had never run.")
                .flag("do not ask", "-f", "--force")
                .does(StateCommands::cleanUp))
        .sub(crdt());
  }

  private static Commands crdt() {
    return new Commands("crdt", "Looks at the history of the pinset.")
        .sub(
            new Commands("info", "Shows heads, height and whether it is dirty.")
                .does(StateCommands::info))
        .sub(
            new Commands("dot", "Writes the graph of changes in the DOT language.")
                .text("", "FILE", "written instead of stdout", "-f", "--file")
                .does(StateCommands::dot))
        .sub(
            new Commands("mark-dirty", "Has it repaired at the next start.")
                .does(StateCommands::markDirty))
        .sub(new Commands("mark-clean", "Does without the repair.").does(StateCommands::markClean));
  }

  private Commands flag(String description, String... names) {
    spec.addOption(OptionSpec.builder(names).type(boolean.class).description(description).build());
    return this;
  }

  private Commands text(String byDefault, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .defaultValue(byDefault)
            .paramLabel(label)
            .description(description)
            .build());
    return this;
  }

  private Commands operand(String label, String description) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(java.util.List.class)
            .auxiliaryTypes(String.class)
            .arity("0..*")
            .paramLabel(label)
            .description(description)
            .build());
    return this;
  }

  private Commands sub(Commands command) {
    spec.addSubcommand(command.spec.name(), command.spec);
    return this;
  }

  private Commands as(String alias) {
    spec.aliases(alias);
    return this;
  }

  private Commands does(Invocation.Action newAction) {
    action = Optional.of(newAction);
    return this;
  }
}
