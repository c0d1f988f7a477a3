package io.ecluster.service;

import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.daemon.Daemon;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ipfs-cluster-service}: the peer. */
public final class Main {
  private static final int OK = 0;
  private static final int FAILED = 1;

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
    CommandLine line = new CommandLine(commands());
    try {
      return execute(line, line.parseArgs(arguments));
    } catch (ParameterException e) {
      err.println("Incorrect Usage: " + e.getMessage() + "\n");
      e.getCommandLine().usage(err);
      return OK; // as the Go program does
    } catch (ConfigException e) {
      err.println("error : " + e.getMessage());
      return FAILED;
    } catch (RuntimeException e) {
      err.println("error : " + (e.getMessage() == null ? e.toString() : e.getMessage()));
      return FAILED;
    }
  }

  private int execute(CommandLine line, ParseResult global) {
    if (!global.hasSubcommand() || global.isUsageHelpRequested()) {
      line.usage(out);
      return global.isUsageHelpRequested() ? OK : FAILED;
    }
    ParseResult command = global.subcommand();
    if (command.isUsageHelpRequested()) {
      command.commandSpec().commandLine().usage(out);
      return OK;
    }
    return switch (command.commandSpec().name()) {
      case "init" -> initialise(global, command);
      case "daemon" -> daemon(global, command);
      default -> version();
    };
  }

  private int initialise(ParseResult global, ParseResult command) {
    new InitCommand(folder(global), environment, err)
        .run(
            new InitCommand.Options(
                text(command, "--consensus"),
                flag(command, "--force") || flag(global, "--force"),
                flag(command, "--randomports"),
                InitCommand.split(text(command, "--peers"))));
    return OK;
  }

  private int daemon(ParseResult global, ParseResult command) {
    String levels = text(global, "--loglevel");
    Logging.configure(
        levels.isEmpty() ? environment.getOrDefault("IPFS_CLUSTER_LOG_LEVEL", "") : levels,
        flag(global, "--debug"));
    List<String> bootstrap = InitCommand.split(text(command, "--bootstrap"));
    Daemon.run(folder(global), environment, bootstrap, !flag(command, "--no-trust"));
    return OK;
  }

  private int version() {
    out.println(Daemon.VERSION);
    return OK;
  }

  private Folder folder(ParseResult global) {
    String path = text(global, "--config");
    if (path.isEmpty()) {
      path = environment.getOrDefault("IPFS_CLUSTER_PATH", "");
    }
    return new Folder(
        path.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")))
                .resolve(".ipfs-cluster")
            : Path.of(path).toAbsolutePath());
  }

  private static CommandSpec commands() {
    CommandSpec root = spec("ipfs-cluster-service", "Runs an IPFS Cluster peer.");
    root.addOption(option("", "FOLDER", "the peer's folder", "-c", "--config"));
    root.addOption(flag("do not ask", "-f", "--force"));
    root.addOption(flag("log everything", "-d", "--debug"));
    root.addOption(option("", "LEVEL|COMPONENT:LEVEL,…", "what is logged", "-l", "--loglevel"));
    CommandSpec init = spec("init", "Makes the configuration and the identity of a peer.");
    init.addOption(option("crdt", "crdt", "how peers agree", "--consensus"));
    init.addOption(option("", "ADDRESS,…", "peers to join and trust", "--peers"));
    init.addOption(flag("replace an existing configuration", "-f", "--force"));
    init.addOption(flag("listen on free ports", "--randomports"));
    CommandSpec daemon = spec("daemon", "Runs the peer until it is stopped.");
    daemon.addOption(option("", "ADDRESS,…", "peers to join", "-j", "--bootstrap"));
    daemon.addOption(flag("do not trust the peers given by --bootstrap", "--no-trust"));
    return root.addSubcommand("init", init)
        .addSubcommand("daemon", daemon)
        .addSubcommand("version", spec("version", "Shows the version."));
  }

  private static CommandSpec spec(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description).width(100);
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
    return spec;
  }

  private static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names).type(boolean.class).description(description).build();
  }

  private static OptionSpec option(
      String byDefault, String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .defaultValue(byDefault)
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static boolean flag(ParseResult parsed, String name) {
    return parsed.matchedOptionValue(name, false);
  }

  private static String text(ParseResult parsed, String name) {
    Function<String, String> byDefault = n -> parsed.commandSpec().findOption(n).defaultValue();
    return parsed.matchedOptionValue(name, byDefault.apply(name));
  }
}
