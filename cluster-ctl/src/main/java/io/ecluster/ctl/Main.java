package io.ecluster.ctl;

import io.ecluster.client.ApiClient;
import io.ecluster.client.ApiException;
import io.ecluster.client.ApiVersion;
import io.ecluster.client.JsonException;
import io.ecluster.client.SourceException;
import io.ecluster.multiformats.FormatException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ipfs-cluster-ctl}: the command line of the HTTP API. */
public final class Main {
  private static final int OUTPUT_BUFFER_BYTES = 64 * 1024;
  private static final Duration CLEAN_UP_TIME = Duration.ofSeconds(5);

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;
  private final Waits waits;

  Main(PrintStream out, PrintStream err, Map<String, String> environment, Waits waits) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.waits = waits;
  }

  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    Thread work = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> letItCleanUp(work)));
    int code = new Main(out, err, System.getenv(), Waits.REAL).run(arguments);
    out.flush();
    err.flush();
    Runtime.getRuntime().halt(code); // nothing is left to clean up, and exit hooks take time
  }

  /** On a signal: a command that is interrupted removes what it has half written, and halts. */
  private static void letItCleanUp(Thread work) {
    work.interrupt();
    try {
      work.join(CLEAN_UP_TIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    FileOutputStream file = new FileOutputStream(descriptor);
    return new PrintStream(
        new java.io.BufferedOutputStream(file, OUTPUT_BUFFER_BYTES), false, StandardCharsets.UTF_8);
  }

  /** Runs one command line and gives its exit code. */
  int run(String... arguments) {
    try {
      ParseResult parsed = parse(Commands.only(List.of(arguments)), arguments);
      if (parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
        return execute(parsed);
      }
    } catch (ParameterException e) {
      // Told below, where all commands are at hand.
    }
    try {
      return execute(parse(Commands.all(), arguments));
    } catch (ParameterException e) {
      return refuse(e);
    }
  }

  private static ParseResult parse(CommandSpec commands, String... arguments) {
    CommandLine line = new CommandLine(commands);
    line.setStopAtPositional(false);
    line.setOverwrittenOptionsAllowed(true); // the last counts, as in Go
    line.setExpandAtFiles(false); // a name may begin so
    line.setAllowSubcommandsAsOptionParameters(true);
    return line.parseArgs(arguments);
  }

  private int execute(ParseResult global) {
    ParseResult last = global;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    if (global.hasMatchedOption("--version")) {
      out.print("ipfs-cluster-ctl version " + ApiVersion.TEXT + "\n");
      return ExitCode.OK;
    }
    Optional<Command.Action> action = Command.actionOf(last.commandSpec());
    if (last.isUsageHelpRequested() || action.isEmpty()) {
      out.print(HelpText.of(last.commandSpec()));
      return ExitCode.OK;
    }
    Arguments globals = new Arguments(global);
    String encoding = globals.text("--encoding");
    Output output = Output.of(out, err, encoding.equals("json"), environment);
    try {
      if (!encoding.equals("json") && !encoding.equals("text")) {
        throw new LocalException("error : unsupported encoding");
      }
      boolean offline = Command.isOffline(last.commandSpec());
      ApiClient api = offline ? noApi() : client(globals, output);
      action.get().run(new Session(api, output, waits, environment), new Arguments(last));
      return ExitCode.OK;
    } catch (Exception e) {
      return fail(e, output);
    }
  }

  private int fail(Exception error, Output output) {
    if (Thread.interrupted() && !(error instanceof LocalException)) {
      return ExitCode.INTERRUPTED;
    }
    return switch (error) {
      case ApiException api -> apiError(api, output);
      case LocalException local -> {
        output.error(String.valueOf(local.getMessage()));
        yield local.exitCode();
      }
      case SourceException _, FormatException _, JsonException _ ->
          localError(output, String.valueOf(error.getMessage()));
      case IOException io -> localError(output, Failures.text(io));
      case DateTimeException time -> localError(output, "bad answer: " + time.getMessage());
      default -> localError(output, "internal error: " + error);
    };
  }

  private static int localError(Output output, String text) {
    output.error("error : " + text);
    return ExitCode.LOCAL_ERROR;
  }

  private static int apiError(ApiException error, Output output) {
    if (output.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("code", error.code());
      document.put("message", String.valueOf(error.getMessage()));
      output.document(document);
    } else {
      String message = String.valueOf(error.getMessage());
      output.line(
          output.style().bad("An error occurred:")
              + "\n  Code: "
              + error.code()
              + "\n  Message: "
              + (output.style().terminal() ? Printable.text(message) : message));
    }
    return error.code() == 0 ? ExitCode.LOCAL_ERROR : ExitCode.API_ERROR;
  }

  private int refuse(ParameterException error) {
    CommandLine where = error.getCommandLine();
    if (error instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().getFirst().startsWith("-")) {
      err.print("No help topic for '" + unmatched.getUnmatched().getFirst() + "'\n");
      return ExitCode.UNKNOWN_COMMAND;
    }
    out.print("Incorrect Usage: " + error.getMessage() + "\n\n");
    out.print(HelpText.of(where.getCommandSpec()));
    return ExitCode.LOCAL_ERROR;
  }

  private static ApiClient noApi() {
    return new ApiClient(List.of(), Optional.empty(), Duration.ZERO);
  }

  private ApiClient client(Arguments globals, Output output) {
    Hosts hosts = new Hosts(globals, environment, output);
    Consumer<String> log = globals.flag("--debug") ? text -> output.note("DEBUG " + text) : _ -> {};
    return new ApiClient(hosts.routes(), hosts.credentials(), timeout(globals), log);
  }

  private static Duration timeout(Arguments globals) {
    long seconds = globals.number("--timeout");
    if (seconds < 0) {
      throw new LocalException("error : --timeout must be a number of seconds, not " + seconds);
    }
    return Duration.ofSeconds(seconds);
  }
}
