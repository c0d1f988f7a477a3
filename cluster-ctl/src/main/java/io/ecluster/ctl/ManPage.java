package io.ecluster.ctl;

import io.ecluster.client.ApiVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A manual page in the language of man, made from the description of a command. */
final class ManPage {
  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  static String of(CommandSpec command) {
    ManPage page = new ManPage();
    page.head(command);
    page.options(command);
    page.commands(command);
    if (command.parent() == null) {
      page.exitCodes();
      page.environment();
    }
    return page.page.toString();
  }

  private void head(CommandSpec command) {
    String title = name(command).toUpperCase(Locale.ROOT);
    line(".TH " + quoted(title) + " 1 \"\" " + quoted("IPFS Cluster " + ApiVersion.TEXT) + " \"\"");
    line(".SH NAME");
    line(escaped(name(command)) + " \\- " + escaped(lowered(CommandTree.summary(command))));
    line(".SH SYNOPSIS");
    line(".B " + escaped(command.qualifiedName()));
    boolean group = !CommandTree.children(command).isEmpty();
    line(escaped("[options] " + (group ? "command" : CommandTree.operands(command))));
    line(".SH DESCRIPTION");
    line(escaped(CommandTree.summary(command)));
    for (String paragraph : CommandTree.details(command)) {
      line(paragraph.isEmpty() ? ".PP" : escaped(paragraph));
    }
  }

  private static String lowered(String sentence) {
    String begun = Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    return begun.replaceFirst("\\.$", "");
  }

  private void options(CommandSpec command) {
    line(".SH OPTIONS");
    for (OptionSpec option : command.options()) {
      boolean valued = CommandTree.takesValue(option);
      String value = valued ? " " + italic(option.paramLabel()) : "";
      List<String> names =
          Command.toldNames(option).stream().map(name -> bold(name) + value).toList();
      line(".TP");
      line(String.join(", ", names));
      line(escaped(CommandTree.description(option)));
    }
  }

  private void commands(CommandSpec command) {
    Map<String, CommandSpec> children = CommandTree.children(command);
    if (children.isEmpty()) {
      return;
    }
    line(".SH COMMANDS");
    children.forEach((name, child) -> {
      line(".TP");
      line(bold(name));
      line(escaped(CommandTree.summary(child)));
    });
  }

  private void exitCodes() {
    line(".SH EXIT STATUS");
    entry("0", "It is done, or help was shown.");
    entry("1", "The API could not be reached, or something here is wrong: an option, a file.");
    entry("2", "The API answered with an error, which is told on standard output.");
    entry("3", "There is no such command.");
    entry("62", "Waiting for a pin took longer than --wait-timeout.");
    entry("125", "Waiting for a pin was interrupted.");
  }

  private void environment() {
    line(".SH ENVIRONMENT");
    entry("CLUSTER_CREDENTIALS", "USER[:PASSWORD], if --basic-auth is not given.");
    entry("HTTP_PROXY, HTTPS_PROXY, NO_PROXY", "Proxies for hosts that are not this machine.");
    entry("SSL_CERT_FILE", "PEM certificates of the authorities to trust for HTTPS.");
    entry("NO_COLOR", "If set, nothing is coloured.");
  }

  private void entry(String term, String text) {
    line(".TP");
    line(bold(term));
    line(escaped(text));
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private static String bold(String text) {
    return "\\fB" + escapedInline(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + escapedInline(text) + "\\fR";
  }

  private static String quoted(String text) {
    return '"' + escapedInline(text).replace("\"", "\\(dq") + '"';
  }

  /** A line that begins with a dot or a quote would be a command of man. */
  private static String escaped(String text) {
    String inline = escapedInline(text);
    return inline.startsWith(".") || inline.startsWith("'") ? "\\&" + inline : inline;
  }

  private static String escapedInline(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
  }
}
