package io.ecluster.core.tracker;

/** What is written into a status when something fails: never empty. */
final class Errors {
  private Errors() {}

  static String textOf(Throwable error) {
    String text = error.getMessage();
    return text == null || text.isEmpty() ? error.getClass().getSimpleName() : text;
  }
}
