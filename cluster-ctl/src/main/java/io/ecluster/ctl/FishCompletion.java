package io.ecluster.ctl;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The script for fish: a line for each command and option, told apart by the words before. */
final class FishCompletion {
  private static final String SEEN = "__fish_seen_subcommand_from ";

  private final List<CommandSpec> commands;

  FishCompletion(List<CommandSpec> commands) {
    this.commands = commands;
  }

  String script() {
    StringBuilder text = new StringBuilder("complete -c ipfs-cluster-ctl -f\n");
    for (CommandSpec command : commands) {
      String condition = condition(command);
      CommandTree.children(command)
          .forEach((name, child) ->
              text.append(line(ownCondition(command), "-a " + name, CommandTree.summary(child))));
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

  /** All words of the command have been seen; for the program itself that is always so. */
  private static String condition(CommandSpec command) {
    String condition = "true";
    for (CommandSpec c = command; c.parent() != null; c = c.parent()) {
      String one = SEEN + c.name();
      condition = condition.equals("true") ? one : one + "; and " + condition;
    }
    return condition;
  }

  /** The command has been seen, and none of its own commands. */
  private static String ownCondition(CommandSpec command) {
    String none = "not " + SEEN + String.join(" ", CommandTree.children(command).keySet());
    String condition = condition(command);
    return condition.equals("true") ? none : condition + "; and " + none;
  }

  private static String words(OptionSpec option) {
    StringBuilder words = new StringBuilder();
    for (String name : Command.toldNames(option)) {
      words.append(Command.isLong(name) ? "-l " + name.substring(2) : "-s " + name.substring(1));
      words.append(' ');
    }
    if (option.arity().min() > 0) {
      List<String> choices = CommandTree.choices(option.paramLabel());
      words.append("-r ");
      if (!choices.isEmpty()) {
        words.append("-a '").append(String.join(" ", choices)).append("' ");
      } else if (CommandTree.isFile(option.paramLabel())) {
        words.append("-F ");
      }
    }
    return words.toString().strip();
  }

  private static String line(String condition, String words, String description) {
    String told = description.isEmpty() ? "" : " -d '" + description.replace("'", "\\'") + "'";
    return "complete -c ipfs-cluster-ctl -n '" + condition + "' " + words + told + "\n";
  }
}
