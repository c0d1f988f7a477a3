package io.ecluster.ctl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command being described: its name, its options and what it does. Help, man pages and shell
 * completion are all made from this.
 */
final class Command {
  /** Runs a command; what it throws becomes the exit code. */
  @FunctionalInterface
  interface Action {
    void run(Session session, Arguments arguments) throws Exception;
  }

  private final CommandSpec spec;

  private Optional<Action> action = Optional.empty();
  private boolean offline;

  private Command(String name) {
    this.spec = CommandSpec.wrapWithoutInspection(this).name(name);
  }

  static Command named(String name, String summary) {
    Command command = new Command(name);
    command.spec.usageMessage().description(summary);
    command.spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
    return command;
  }

  /** Paragraphs behind the summary. */
  Command details(String... paragraphs) {
    List<String> all = new ArrayList<>(List.of(spec.usageMessage().description()));
    for (String paragraph : paragraphs) {
      all.add("");
      all.addAll(paragraph.lines().toList());
    }
    spec.usageMessage().description(all.toArray(String[]::new));
    return this;
  }

  Command alias(String name) {
    spec.aliases(name);
    return this;
  }

  /** Works, but is not listed in help. */
  Command hidden() {
    spec.usageMessage().hidden(true);
    return this;
  }

  Command flag(String description, String... names) {
    spec.addOption(
        OptionSpec.builder(goNames(names)).type(boolean.class).description(description).build());
    return this;
  }

  Command option(String byDefault, String label, String description, String... names) {
    return option(String.class, byDefault, label, description, names);
  }

  /** An option that takes whole numbers. */
  Command number(String byDefault, String label, String description, String... names) {
    return option(Integer.class, byDefault, label, description, names);
  }

  private Command option(
      Class<?> type, String byDefault, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(goNames(names))
            .type(type)
            .defaultValue(byDefault)
            .paramLabel(label)
            .description(description)
            .build());
    return this;
  }

  Command repeated(String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(goNames(names))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .description(description)
            .build());
    return this;
  }

  Command operands(String label) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .build());
    return this;
  }

  Command sub(Command child) {
    spec.addSubcommand(child.spec.name(), child.spec);
    return this;
  }

  Command does(Action action) {
    this.action = Optional.of(action);
    return this;
  }

  /** It asks no API, whatever hosts are given. */
  Command offline() {
    offline = true;
    return this;
  }

  static boolean isOffline(CommandSpec spec) {
    return spec.userObject() instanceof Command command && command.offline;
  }

  /** What a parsed command does; empty for groups of commands. */
  static Optional<Action> actionOf(CommandSpec spec) {
    return spec.userObject() instanceof Command command ? command.action : Optional.empty();
  }

  CommandSpec spec() {
    return spec;
  }

  /**
   * The Go clients take long options with one dash as well. Those names work and are told nowhere.
   */
  private static String[] goNames(String... names) {
    List<String> all = new ArrayList<>(List.of(names));
    Arrays.stream(names).filter(Command::isLong).map(name -> name.substring(1)).forEach(all::add);
    return all.toArray(String[]::new);
  }

  static boolean isLong(String optionName) {
    return optionName.startsWith("--");
  }

  /** The names that help tells: short ones, then long ones. */
  static List<String> toldNames(OptionSpec option) {
    return Arrays.stream(option.names())
        .filter(name -> isLong(name) || name.length() == 2)
        .sorted((a, b) -> Boolean.compare(isLong(a), isLong(b)))
        .toList();
  }
}
