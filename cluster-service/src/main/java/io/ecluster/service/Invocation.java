package io.ecluster.service;

import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/**
 * A command line as it was understood, with what it is run in.
 *
 * @param global the program's own flags, before the command
 */
record Invocation(
    ParseResult global, ParseResult command, Map<String, String> environment, Console console) {

  /** Does what a command is for and gives the exit code. */
  interface Action {
    int run(Invocation invocation);
  }

  boolean flag(String name) {
    return command.matchedOptionValue(name, false);
  }

  boolean globalFlag(String name) {
    return global.matchedOptionValue(name, false);
  }

  String text(String name) {
    return text(command, name);
  }

  String globalText(String name) {
    return text(global, name);
  }

  private static String text(ParseResult parsed, String name) {
    String byDefault = parsed.commandSpec().findOption(name).defaultValue();
    return parsed.matchedOptionValue(name, byDefault);
  }

  /**
   * @throws ConfigException if it is none, or negative
   */
  int number(String name) {
    String text = text(name);
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(name + " must be a whole number, not " + text, e);
    }
    throw new ConfigException(name + " must not be negative, but is " + text);
  }

  /** The items of a comma list. */
  List<String> items(String name) {
    return Stream.of(text(name).split(",")).map(String::strip).filter(t -> !t.isEmpty()).toList();
  }

  List<String> operands() {
    List<String> operands = new ArrayList<>();
    command.matchedPositionals().forEach(positional -> operands.addAll(positional.stringValues()));
    return operands;
  }

  /**
   * The only operand, if there is one.
   *
   * @throws ConfigException if there are more
   */
  Optional<String> operand() {
    List<String> operands = operands();
    if (operands.size() > 1) {
      throw new ConfigException("one argument at most is taken, not " + operands);
    }
    return operands.stream().findFirst();
  }

  /** If a flag is given, as if a variable were set: that is what the flag means. */
  Invocation withVariable(String flag, String variable) {
    Map<String, String> changed = new HashMap<>(environment);
    if (flag(flag)) {
      changed.put(variable, "true");
    }
    return new Invocation(global, command, changed, console);
  }

  Folder folder() {
    String path = globalText("--config");
    if (path.isEmpty()) {
      path = environment.getOrDefault("IPFS_CLUSTER_PATH", "");
    }
    return new Folder(
        path.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")))
                .resolve(".ipfs-cluster")
            : Path.of(path).toAbsolutePath());
  }
}
