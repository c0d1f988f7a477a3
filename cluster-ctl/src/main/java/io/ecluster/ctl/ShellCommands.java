package io.ecluster.ctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What is about the program itself: help, the list of commands, completion, man pages. */
final class ShellCommands {
  private ShellCommands() {}

  static Command help() {
    return Command.named("help", "Shows help for a command.")
        .offline()
        .alias("h")
        .operands("[COMMAND…]")
        .does((session, a) -> {
          CommandSpec parent = a.parsed().commandSpec().parent();
          CommandSpec above = parent.parent() == null ? Commands.all() : parent;
          session.output().out().print(HelpText.of(find(above, a.operands())));
        });
  }

  /**
   * @throws LocalException with the exit code of unknown commands
   */
  static CommandSpec find(CommandSpec root, List<String> path) {
    CommandSpec found = root;
    for (String name : path) {
      CommandLine next = found.subcommands().get(name);
      if (next == null) {
        throw new LocalException("No help topic for '" + name + "'", ExitCode.UNKNOWN_COMMAND);
      }
      found = next.getCommandSpec();
    }
    return found;
  }

  static Command list() {
    return Command.named("commands", "Lists all commands.")
        .offline()
        .hidden()
        .does((session, _) -> list(session, Commands.all()));
  }

  private static void list(Session session, CommandSpec parent) {
    for (Map.Entry<String, CommandSpec> child : CommandTree.children(parent).entrySet()) {
      session.output().line(child.getValue().qualifiedName());
      list(session, child.getValue());
    }
  }

  static Command completion() {
    return Command.named("completion", "Prints a script that completes commands in a shell.")
        .offline()
        .details(
            "bash: source <(ipfs-cluster-ctl completion bash)",
            "zsh: source <(ipfs-cluster-ctl completion zsh)",
            "fish: ipfs-cluster-ctl completion fish | source")
        .operands("bash|zsh|fish")
        .does((session, a) -> {
          String shell = a.operand("shell: bash, zsh or fish");
          session.output().out().print(Completion.script(shell, Commands.all()));
        });
  }

  static Command man() {
    return Command.named("man", "Prints a manual page, or writes all of them.")
        .offline()
        .details("To read one: ipfs-cluster-ctl man pin add | man -l -")
        .option("", "FOLDER", "write all pages into a folder such as …/man/man1", "-o", "--output")
        .operands("[COMMAND…]")
        .does(ShellCommands::man);
  }

  private static void man(Session session, Arguments a) throws IOException {
    String folder = a.text("--output");
    CommandSpec root = Commands.all();
    if (folder.isEmpty()) {
      session.output().out().print(ManPage.of(find(root, a.operands())));
    } else {
      writePages(Files.createDirectories(Path.of(folder)), root);
    }
  }

  private static void writePages(Path folder, CommandSpec command) throws IOException {
    Path page = folder.resolve(ManPage.name(command) + ".1");
    Files.writeString(page, ManPage.of(command), StandardCharsets.UTF_8);
    for (CommandSpec child : CommandTree.children(command).values()) {
      writePages(folder, child);
    }
  }
}
