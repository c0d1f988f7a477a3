package io.ecluster.ctl;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The script for fish: a line for each command and option, shown when the words before lead to the
 * command that it belongs to.
 */
final class FishCompletion {
  private final List<CommandSpec> commands;

  FishCompletion(List<CommandSpec> commands) {
    this.commands = commands;
  }

  String script() {
    StringBuilder text = new StringBuilder(walk());
    for (CommandSpec command : commands) {
      String condition = "__ipfs_cluster_ctl_at \"" + Completion.path(command) + "\"";
      CommandTree.children(command)
          .forEach((name, child) ->
              text.append(line(condition, "-a " + name, CommandTree.summary(child))));
      for (OptionSpec option : command.options()) {
        text.append(line(condition, words(option), option.description()[0]));
      }
      operands(text, command, condition);
    }
    return text.toString();
  }

  private static void operands(StringBuilder text, CommandSpec command, String condition) {
    String label = CommandTree.operands(command);
    List<String> choices = CommandTree.choices(label);
    if (!choices.isEmpty()) {
      text.append(line(condition, "-a '" + String.join(" ", choices) + "'", ""));
    } else if (CommandTree.isFile(label)) {
      text.append(line(condition, "-F", ""));
    }
  }

  /** Words that are no command, such as values of options, lead nowhere. */
  private String walk() {
    String known =
        commands.stream()
            .map(command -> "'" + Completion.path(command) + "'")
            .collect(Collectors.joining(" "));
    return """
    function __ipfs_cluster_ctl_at
      set -l path
      for word in (commandline -opc)[2..-1]
        if contains -- (string trim -- "$path $word") %s
          set path (string trim -- "$path $word")
        end
      end
      test "$path" = "$argv[1]"
    end
    complete -c ipfs-cluster-ctl -f
    """
        .formatted(known);
  }

  private static String words(OptionSpec option) {
    StringBuilder words = new StringBuilder();
    for (String name : Command.toldNames(option)) {
      words.append(Command.isLong(name) ? "-l " + name.substring(2) : "-s " + name.substring(1));
      words.append(' ');
    }
    if (option.arity().min() > 0) {
      List<String> choices = CommandTree.choices(option.paramLabel());
      words.append(CommandTree.isFile(option.paramLabel()) ? "-r -F " : "-x ");
      if (!choices.isEmpty()) {
        words.append("-a '").append(String.join(" ", choices)).append("' ");
      }
    }
    return words.toString().strip();
  }

  private static String line(String condition, String words, String description) {
    String told = description.isEmpty() ? "" : " -d '" + description.replace("'", "\\'") + "'";
    return "complete -c ipfs-cluster-ctl -n '" + condition + "' " + words + told + "\n";
  }
}
