package io.ecluster.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end. */
final class Command {
  private final Map<String, String> environment;

  /**
   * @param environment added to that of the tests
   */
  Command(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * How it ended.
   *
   * @param text what it printed, errors among it
   */
  record Result(int code, String text) {
    /** What it printed. */
    String ok() {
      if (code != 0) {
        throw new IllegalStateException("ended with " + code + ": " + text);
      }
      return text.strip();
    }
  }

  /**
   * @throws IllegalStateException if it runs longer than {@code limit}
   */
  Result run(Duration limit, List<String> words) {
    try {
      Path out = Files.createTempFile("command", ".out");
      try {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return finished(builder.redirectOutput(out.toFile()).start(), out, limit, words);
      } finally {
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result finished(Process process, Path out, Duration limit, List<String> words)
      throws IOException {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(words + " takes longer than " + limit);
      }
      return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
