package io.ecluster.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/** The terminal, or what stands in its place. */
final class Console {
  private static final int ATTEMPTS = 3;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  Console(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  InputStream in() {
    return in;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Asks whether to go on; what is neither yes nor no is asked again, the end of input is no. */
  boolean confirm(String warning) {
    for (int i = 0; i < ATTEMPTS; i++) {
      switch (ask(warning + " Continue? [y/n]:")) {
        case "y", "Y" -> {
          return true;
        }
        case "n", "N", "" -> {
          return false;
        }
        default -> out.println("Please press either 'y' or 'n'");
      }
    }
    return false;
  }

  /** One line, without blanks around it; empty at the end of input. */
  String ask(String prompt) {
    out.print(prompt + " ");
    out.flush();
    try {
      String line = line();
      return line.strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the answer", e);
    }
  }

  /** Byte by byte, so that what follows the line is left for others to read. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString();
  }
}
