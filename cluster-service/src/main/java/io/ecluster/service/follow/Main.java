package io.ecluster.service.follow;

import io.ecluster.service.daemon.Daemon;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ipfs-cluster-follow}: a name of a cluster, then what to do with its follower. */
public final class Main {
  private static final String GATEWAY = "127.0.0.1:8080";
  private static final int HELP_COLUMNS = 100;

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;

  Main(PrintStream out, PrintStream err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.environment = environment;
  }

  public static void main(String[] arguments) {
    int code = new Main(System.out, System.err, System.getenv()).run(arguments);
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  /** Runs one command line and gives its exit code. */
  int run(String... arguments) {
    try {
      return execute(parse(program(), arguments));
    } catch (ParameterException e) {
      out.println("Incorrect Usage: " + e.getMessage() + "\n");
      e.getCommandLine().usage(out);
      return FollowCommands.FAILED;
    } catch (RuntimeException e) {
      err.println(e.getMessage() == null ? e.toString() : e.getMessage());
      return FollowCommands.FAILED;
    }
  }

  private static ParseResult parse(CommandSpec spec, String... arguments) {
    CommandLine line = new CommandLine(spec);
    line.setStopAtPositional(true);
    return line.parseArgs(arguments);
  }

  private int execute(ParseResult global) {
    List<String> rest = operands(global);
    if (global.isUsageHelpRequested()) {
      global.commandSpec().commandLine().usage(out);
      return FollowCommands.OK;
    }
    if (global.matchedOptionValue("--version", false)) {
      out.println(FollowCommands.PROGRAM + " version " + Daemon.VERSION);
      return FollowCommands.OK;
    }
    Path base = base(global);
    return rest.isEmpty()
        ? listFollowers(base)
        : follow(base, rest.getFirst(), rest.subList(1, rest.size()));
  }

  private Path base(ParseResult global) {
    String path = global.matchedOptionValue("--config", "");
    if (path.isEmpty()) {
      path = environment.getOrDefault("IPFS_CLUSTER_PATH", "");
    }
    if (!path.isEmpty()) {
      return Path.of(path).toAbsolutePath();
    }
    return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")))
        .resolve(".ipfs-cluster-follow");
  }

  private int listFollowers(Path base) {
    List<String> names = followers(base);
    if (names.isEmpty()) {
      out.printf(
          "%nNo clusters configured yet!%n%n"
              + "$ %1$s --help                     - general description and usage help%n"
              + "$ %1$s <clusterName> --help       - help and subcommands for one follower peer%n"
              + "$ %1$s <clusterName> info --help  - help for the \"info\" subcommand%n",
          FollowCommands.PROGRAM);
      return FollowCommands.OK;
    }
    out.printf(
        "Configurations found for %d follower peers. For info and help, try running:%n%n",
        names.size());
    names.forEach(name -> out.printf("%s \"%s\"%n", FollowCommands.PROGRAM, name));
    out.printf("%nTip: \"%s --help\" for help and examples.%n", FollowCommands.PROGRAM);
    return FollowCommands.OK;
  }

  private static List<String> followers(Path base) {
    try (Stream<Path> folders = Files.isDirectory(base) ? Files.list(base) : Stream.of()) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("service.json")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read " + base, e);
    }
  }

  private int follow(Path base, String name, List<String> arguments) {
    Follower follower = new Follower(name, folder(base, name), environment);
    FollowCommands commands = new FollowCommands(follower, out, err);
    ParseResult parsed = parse(cluster(name), arguments.toArray(String[]::new));
    if (parsed.isUsageHelpRequested()) {
      parsed.commandSpec().commandLine().usage(out);
      return FollowCommands.OK;
    }
    if (!parsed.hasSubcommand()) {
      int code = commands.info();
      if (code == FollowCommands.OK) {
        out.println("\nAdditional help:\n");
        parsed.commandSpec().commandLine().usage(out);
      }
      return code;
    }
    return execute(commands, parsed.subcommand());
  }

  /** The name becomes a folder, and must not lead elsewhere. */
  private static Path folder(Path base, String name) {
    if (name.contains("/") || name.startsWith(".")) {
      throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a cluster here");
    }
    return base.resolve(name);
  }

  private int execute(FollowCommands commands, ParseResult command) {
    if (command.isUsageHelpRequested()) {
      command.commandSpec().commandLine().usage(out);
      return FollowCommands.OK;
    }
    return switch (command.commandSpec().name()) {
      case "init" -> initialise(commands, command);
      case "run" -> commands.run(command.matchedOptionValue("--init", ""), gateway(command));
      case "list" -> commands.list();
      default -> commands.info();
    };
  }

  private int initialise(FollowCommands commands, ParseResult command) {
    Optional<String> address = operands(command).stream().findFirst();
    if (address.isEmpty()) {
      err.println("configuration URL not provided");
      return FollowCommands.FAILED;
    }
    return commands.init(address.get(), gateway(command));
  }

  private String gateway(ParseResult command) {
    String byDefault = environment.getOrDefault("IPFS_GATEWAY", GATEWAY);
    return command.matchedOptionValue("--gateway", byDefault);
  }

  private static List<String> operands(ParseResult parsed) {
    return parsed.matchedPositionals().stream().flatMap(p -> p.stringValues().stream()).toList();
  }

  private static CommandSpec program() {
    CommandSpec spec =
        spec(FollowCommands.PROGRAM, "Follows published clusters: holds what they pin.");
    spec.addOption(
        text("FOLDER", "where all followers are; also IPFS_CLUSTER_PATH", "-c", "--config"));
    spec.addOption(
        OptionSpec.builder("-v", "--version")
            .type(boolean.class)
            .description("show the version")
            .build());
    spec.addPositional(operand("[CLUSTER [info|init|run|list]]"));
    return spec;
  }

  private static CommandSpec cluster(String name) {
    CommandSpec init = spec("init", "Makes the follower.");
    init.addOption(gatewayOption());
    init.addPositional(operand("URL"));
    CommandSpec run = spec("run", "Runs the follower until it is stopped.");
    run.addOption(text("URL", "make the follower first if there is none", "--init"));
    run.addOption(gatewayOption());
    return spec(FollowCommands.PROGRAM + " " + name, "Looks after the follower of one cluster.")
        .addSubcommand("info", spec("info", "Shows how the follower is."))
        .addSubcommand("init", init)
        .addSubcommand("run", run)
        .addSubcommand("list", spec("list", "Lists the pins."));
  }

  private static CommandSpec spec(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description).width(HELP_COLUMNS);
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
    return spec;
  }

  private static OptionSpec gatewayOption() {
    return text("URL", "resolves names without http://; also IPFS_GATEWAY", "--gateway");
  }

  private static OptionSpec text(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static PositionalParamSpec operand(String label) {
    return PositionalParamSpec.builder()
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("0..*")
        .paramLabel(label)
        .build();
  }
}
