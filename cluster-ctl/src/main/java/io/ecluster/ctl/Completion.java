package io.ecluster.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Scripts that complete commands, options and what options choose from. Those of bash and zsh are
 * tables, one per question, around a walk over the words that are there.
 */
final class Completion {
  private static final String NONE = "";

  private final List<CommandSpec> commands;

  private Completion(CommandSpec root) {
    this.commands = CommandTree.all(root);
  }

  /**
   * @throws LocalException if the shell is another
   */
  static String script(String shell, CommandSpec root) {
    Completion completion = new Completion(root);
    return switch (shell) {
      case "bash" -> completion.bash();
      case "zsh" -> completion.zsh();
      case "fish" -> new FishCompletion(completion.commands).script();
      default ->
          throw new LocalException(
              "error : no completion for \"" + shell + "\": give one of bash, zsh, fish");
    };
  }

  private String bash() {
    return tables()
        + """
        _ipfs_cluster_ctl() {
          local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
          local command="" word i kind words
          if [ "$current" = "=" ]; then current=""; fi
          if [ "$previous" = "=" ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi
          for ((i = 1; i < COMP_CWORD; i++)); do
            word="${COMP_WORDS[i]}"
            case "$word" in
              =) ;;
              -*)
                kind="$(_ipfs_cluster_ctl_value "$command" "$word")"
                if [ -n "$kind" ] && [ "${COMP_WORDS[i+1]}" != "=" ]; then i=$((i + 1)); fi
                ;;
              *)
                if [ "${COMP_WORDS[i-1]}" = "=" ]; then continue; fi
                for words in $(_ipfs_cluster_ctl_commands "$command"); do
                  if [ "$words" = "$word" ]; then command="${command:+$command }$word"; fi
                done
                ;;
            esac
          done
          kind=""
          case "$previous" in -*) kind="$(_ipfs_cluster_ctl_value "$command" "$previous")" ;; esac
          if [ -z "$kind" ]; then
            case "$current" in
              -*)
                COMPREPLY=($(compgen -W "$(_ipfs_cluster_ctl_options "$command")" -- "$current"))
                return ;;
            esac
            kind="$(_ipfs_cluster_ctl_operands "$command")"
          fi
          case "$kind" in
            :file) compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
            :value) COMPREPLY=() ;;
            *) COMPREPLY=($(compgen -W "$kind" -- "$current")) ;;
          esac
        }
        complete -F _ipfs_cluster_ctl ipfs-cluster-ctl
        """;
  }

  private String zsh() {
    return "#compdef ipfs-cluster-ctl\n"
        + tables()
        + """
        _ipfs_cluster_ctl() {
          local current="${words[CURRENT]}" previous="${words[CURRENT-1]}"
          local command="" word name kind i
          for ((i = 2; i < CURRENT; i++)); do
            word="${words[i]}"
            case "$word" in
              -*=*) ;;
              -*)
                kind="$(_ipfs_cluster_ctl_value "$command" "$word")"
                if [ -n "$kind" ]; then i=$((i + 1)); fi
                ;;
              *)
                for name in ${=$(_ipfs_cluster_ctl_commands "$command")}; do
                  if [ "$name" = "$word" ]; then command="${command:+$command }$word"; fi
                done
                ;;
            esac
          done
          kind=""
          case "$previous" in -*) kind="$(_ipfs_cluster_ctl_value "$command" "$previous")" ;; esac
          if [ -z "$kind" ]; then
            case "$current" in
              -*) compadd -- ${=$(_ipfs_cluster_ctl_options "$command")}; return ;;
            esac
            kind="$(_ipfs_cluster_ctl_operands "$command")"
          fi
          case "$kind" in
            :file) _files ;;
            :value) ;;
            *) compadd -- ${=kind} ;;
          esac
        }
        compdef _ipfs_cluster_ctl ipfs-cluster-ctl
        """;
  }

  private String tables() {
    return table("commands", command -> String.join(" ", CommandTree.children(command).keySet()))
        + table("options", Completion::options)
        + table("operands", Completion::operandKind)
        + values();
  }

  private String table(String name, Function<CommandSpec, String> words) {
    StringBuilder text =
        new StringBuilder("_ipfs_cluster_ctl_" + name + "() {\n  case \"$1\" in\n");
    for (CommandSpec command : commands) {
      String answer = words.apply(command);
      if (!answer.isEmpty()) {
        text.append("    \"%s\") echo \"%s\" ;;\n".formatted(path(command), answer));
      }
    }
    return text.append("  esac\n}\n").toString();
  }

  /**
   * What follows an option: {@code :file}, {@code :value} for anything, or words to choose from.
   */
  private String values() {
    StringBuilder text = new StringBuilder("_ipfs_cluster_ctl_value() {\n  case \"$1:$2\" in\n");
    for (CommandSpec command : commands) {
      for (OptionSpec option : command.options()) {
        if (needsValue(option)) {
          String names =
              List.of(option.names()).stream()
                  .map(name -> "\"" + path(command) + ":" + name + "\"")
                  .collect(Collectors.joining(" | "));
          text.append("    %s) echo \"%s\" ;;\n".formatted(names, kind(option.paramLabel())));
        }
      }
    }
    return text.append("  esac\n}\n").toString();
  }

  /** One that may stand alone is not followed by its value. */
  private static boolean needsValue(OptionSpec option) {
    return option.arity().min() > 0;
  }

  private static String options(CommandSpec command) {
    List<String> names = new ArrayList<>();
    command.options().forEach(option -> names.addAll(Command.toldNames(option)));
    return String.join(" ", names);
  }

  private static String operandKind(CommandSpec command) {
    String commands = String.join(" ", CommandTree.children(command).keySet());
    if (command.name().equals("help") || command.name().equals("man")) {
      return String.join(" ", CommandTree.children(command.root()).keySet());
    }
    String label = CommandTree.operands(command);
    return !commands.isEmpty() ? commands : label.isEmpty() ? NONE : kind(label);
  }

  private static String kind(String label) {
    List<String> choices = CommandTree.choices(label);
    if (!choices.isEmpty()) {
      return String.join(" ", choices);
    }
    return CommandTree.isFile(label) ? ":file" : ":value";
  }

  /** The words that lead to a command, without that of the program. */
  static String path(CommandSpec command) {
    String whole = command.qualifiedName();
    return whole.equals(Commands.PROGRAM) ? "" : whole.substring(Commands.PROGRAM.length() + 1);
  }
}
