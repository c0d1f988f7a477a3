package io.ecluster.ctl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What help, man pages and completion all read from the description of the commands. */
final class CommandTree {
  private CommandTree() {}

  /** By name, without aliases, in the order of their description; of groups without help. */
  static Map<String, CommandSpec> children(CommandSpec parent) {
    Map<String, CommandSpec> children = new LinkedHashMap<>();
    parent
        .subcommands()
        .forEach((name, line) -> {
          boolean helpOfGroup = parent.parent() != null && name.equals("help");
          if (name.equals(line.getCommandSpec().name()) && !helpOfGroup) {
            children.put(name, line.getCommandSpec());
          }
        });
    return children;
  }

  /** A command and all below it, parents first. */
  static List<CommandSpec> all(CommandSpec root) {
    List<CommandSpec> all = new ArrayList<>(List.of(root));
    children(root).values().forEach(child -> all.addAll(all(child)));
    return all;
  }

  static String summary(CommandSpec command) {
    return command.usageMessage().description()[0];
  }

  static List<String> details(CommandSpec command) {
    List<String> all = List.of(command.usageMessage().description());
    return all.subList(1, all.size());
  }

  /** How an option is written. */
  static String term(OptionSpec option) {
    String names = String.join(", ", Command.toldNames(option));
    return takesValue(option) ? names + " " + option.paramLabel() : names;
  }

  /** With its default, if it has one that says something. */
  static String description(OptionSpec option) {
    String byDefault = option.defaultValue();
    boolean told = takesValue(option) && byDefault != null && !byDefault.isEmpty();
    return option.description()[0] + (told ? " (default: " + byDefault + ")" : "");
  }

  static boolean takesValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  /** The values to choose from; empty if it is not a choice. */
  static List<String> choices(String label) {
    return label.matches("[a-z0-9-]+(\\|[a-z0-9-]+)+") ? List.of(label.split("\\|")) : List.of();
  }

  /** Whether a label stands for files or folders. */
  static boolean isFile(String label) {
    return List.of("PATH", "FILE", "FOLDER").contains(label);
  }

  /** The label of the operands; empty if there are none. */
  static String operands(CommandSpec command) {
    return command.positionalParameters().isEmpty()
        ? ""
        : command.positionalParameters().getFirst().paramLabel();
  }
}
