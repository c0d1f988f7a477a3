package io.ecluster.ctl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code --help} shows of a command. */
final class HelpText {
  private static final int WIDTH = 100;
  private static final int TERM_WIDTH = 28;
  private static final String INDENT = "  ";

  private HelpText() {}

  static String of(CommandSpec command) {
    Map<String, CommandSpec> children = CommandTree.children(command);
    StringBuilder text = new StringBuilder("Usage: " + command.qualifiedName() + " [options]");
    String operands = children.isEmpty() ? CommandTree.operands(command) : "COMMAND";
    text.append(operands.isEmpty() ? "" : " " + operands).append("\n\n");
    text.append(wrapped(CommandTree.summary(command), ""));
    CommandTree.details(command).forEach(line -> text.append(wrapped(line, "")));
    Map<String, String> commands = new LinkedHashMap<>();
    children.values().stream()
        .filter(child -> !child.usageMessage().hidden())
        .forEach(child -> commands.put(names(child), CommandTree.summary(child)));
    section(text, "Commands", commands);
    boolean root = command.parent() == null;
    section(text, root ? "Global options" : "Options", options(command));
    return text.toString();
  }

  private static String names(CommandSpec command) {
    List<String> names = new ArrayList<>(List.of(command.name()));
    names.addAll(List.of(command.aliases()));
    return String.join(", ", names);
  }

  private static Map<String, String> options(CommandSpec command) {
    Map<String, String> options = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      options.put(CommandTree.term(option), CommandTree.description(option));
    }
    return options;
  }

  private static void section(StringBuilder text, String title, Map<String, String> entries) {
    if (entries.isEmpty()) {
      return;
    }
    text.append('\n').append(title).append(":\n");
    String below = " ".repeat(INDENT.length() + TERM_WIDTH);
    entries.forEach((term, description) -> {
      boolean fits = term.length() < TERM_WIDTH;
      text.append(INDENT).append(term);
      text.append(fits ? " ".repeat(TERM_WIDTH - term.length()) : "\n" + below);
      text.append(wrapped(description, below).stripLeading());
    });
  }

  /** Lines of at most the width, each behind {@code indent}. */
  private static String wrapped(String paragraph, String indent) {
    StringBuilder text = new StringBuilder();
    StringBuilder line = new StringBuilder(indent);
    for (String word : paragraph.split(" ")) {
      boolean begun = line.length() > indent.length();
      if (begun && line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line.setLength(indent.length());
        begun = false;
      }
      line.append(begun ? " " : "").append(word);
    }
    return text.append(line).append('\n').toString();
  }
}
