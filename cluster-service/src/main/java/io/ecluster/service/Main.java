package io.ecluster.service;

import io.ecluster.service.daemon.Daemon;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ipfs-cluster-service}: the peer. */
public final class Main {
  static final int OK = 0;
  static final int FAILED = 1;
  private static final int UNKNOWN_COMMAND = 3;

  private final Console console;
  private final Map<String, String> environment;

  Main(Console console, Map<String, String> environment) {
    this.console = console;
    this.environment = environment;
  }

  public static void main(String[] arguments) {
    Console console = new Console(System.in, System.out, System.err);
    int code = new Main(console, System.getenv()).run(arguments);
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  /** Runs one command line and gives its exit code. */
  int run(String... arguments) {
    CommandLine line = new CommandLine(Commands.all());
    line.setOverwrittenOptionsAllowed(true); // the last counts, as in Go
    String[] options = Stream.of(arguments).map(Main::withTwoDashes).toArray(String[]::new);
    try {
      return execute(line.parseArgs(options));
    } catch (ParameterException e) {
      return refuse(e);
    } catch (RuntimeException e) {
      return fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** The Go program takes long options with one dash, too. */
  private static String withTwoDashes(String argument) {
    return argument.matches("-[a-z][a-z-]+(=.*)?") ? "-" + argument : argument;
  }

  private int fail(String message) {
    console.err().println("error : " + message);
    return FAILED;
  }

  private int execute(ParseResult global) {
    if (global.hasMatchedOption("--version")) {
      console.out().println("ipfs-cluster-service version " + Daemon.VERSION);
      return OK;
    }
    ParseResult last = global;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    Optional<Invocation.Action> action = Commands.actionOf(last.commandSpec());
    if (last.isUsageHelpRequested() || action.isEmpty()) {
      last.commandSpec().commandLine().usage(console.out());
      boolean askedFor = last.isUsageHelpRequested() || global.hasSubcommand();
      return askedFor ? OK : FAILED;
    }
    Invocation invocation = new Invocation(global, last, environment, console);
    Logging.configure(invocation);
    return action.get().run(invocation);
  }

  private int refuse(ParameterException error) {
    CommandLine where = error.getCommandLine();
    if (error instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().getFirst().startsWith("-")) {
      console.err().println("No help topic for '" + unmatched.getUnmatched().getFirst() + "'");
      boolean top = where.getParent() == null;
      return top ? FAILED : UNKNOWN_COMMAND;
    }
    console.out().println("Incorrect Usage: " + error.getMessage() + "\n");
    where.usage(console.out());
    return OK; // as the Go program does
  }

  static int help(Invocation invocation) {
    CommandLine line = invocation.global().commandSpec().commandLine();
    for (String name : invocation.operands()) {
      line = line.getSubcommands().get(name);
      if (line == null) {
        invocation.console().err().println("No help topic for '" + name + "'");
        return UNKNOWN_COMMAND;
      }
    }
    line.usage(invocation.console().out());
    return OK;
  }

  static int version(Invocation invocation) {
    invocation.console().out().println(Daemon.VERSION);
    return OK;
  }
}
