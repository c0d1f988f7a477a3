package io.ecluster.ctl;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command being described: its name, its options and what it does. */
final class Command {
  /** Runs a command; what it throws becomes the exit code. */
  @FunctionalInterface
  interface Action {
    void run(Session session, Arguments arguments) throws Exception;
  }

  private final CommandSpec spec;

  private Optional<Action> action = Optional.empty();

  private Command(String name) {
    this.spec = CommandSpec.wrapWithoutInspection(this).name(name);
  }

  static Command named(String name, String description) {
    Command command = new Command(name);
    CommandSpec spec = command.spec;
    spec.usageMessage().description(description).width(100);
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
    return command;
  }

  Command flag(String description, String... names) {
    spec.addOption(
        OptionSpec.builder(goNames(names)).type(boolean.class).description(description).build());
    return this;
  }

  Command option(String byDefault, String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(goNames(names))
            .type(String.class)
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

  /** What a parsed command does; empty for groups of commands. */
  static Optional<Action> actionOf(CommandSpec spec) {
    return spec.userObject() instanceof Command command ? command.action : Optional.empty();
  }

  CommandSpec spec() {
    return spec;
  }

  /** The Go clients take long options with one dash as well. */
  private static String[] goNames(String... names) {
    String[] all = new String[names.length * 2];
    int count = 0;
    for (String name : names) {
      all[count++] = name;
      if (name.startsWith("--")) {
        all[count++] = name.substring(1);
      }
    }
    return java.util.Arrays.copyOf(all, count);
  }
}
