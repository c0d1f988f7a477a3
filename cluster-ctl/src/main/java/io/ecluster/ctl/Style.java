package io.ecluster.ctl;

import java.util.Map;

/**
 * How text for people looks: in a pipe exactly as the Go client prints it; on a terminal in columns
 * and, unless {@code NO_COLOR} is set, in colours.
 */
record Style(boolean terminal, boolean colours) {
  static final Style PLAIN = new Style(false, false);

  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String BOLD = "1";
  private static final String FAINT = "2";

  /** What {@code variable} of the launcher says of a stream; Java cannot tell. */
  static Style of(Map<String, String> environment, String variable) {
    boolean terminal = environment.getOrDefault(variable, "").equals("1");
    boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
    return new Style(terminal, terminal && wanted && !dumb);
  }

  String good(String text) {
    return coloured(GREEN, text);
  }

  String bad(String text) {
    return coloured(RED, text);
  }

  /** For what is under way. */
  String pending(String text) {
    return coloured(YELLOW, text);
  }

  String strong(String text) {
    return coloured(BOLD, text);
  }

  String faint(String text) {
    return coloured(FAINT, text);
  }

  /** A tracker status, or the state of a group, in the colour of what it means. */
  String status(String text) {
    return switch (text) {
      case "PINNED", "SHARDED", "HEALTHY", "REPAIRED" -> good(text);
      case "REMOTE", "UNPINNED" -> faint(text);
      case "PINNING", "PIN_QUEUED", "UNPINNING", "UNPIN_QUEUED", "DEGRADED" -> pending(text);
      default -> bad(text);
    };
  }

  /** Fills up to {@code width} on a terminal. */
  String column(String text, int width) {
    return terminal && text.length() < width ? text + " ".repeat(width - text.length()) : text;
  }

  private String coloured(String code, String text) {
    return colours && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
