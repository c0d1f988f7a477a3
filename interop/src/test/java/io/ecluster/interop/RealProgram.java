package io.ecluster.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What others made and the tests run; found, or built once, by a script in {@code peers}. */
public enum RealProgram {
  /** The program {@code ipfs}. */
  KUBO("kubo"),
  /** A folder with the programs of the Go IPFS Cluster. */
  GO_CLUSTER("cluster");

  private final String script;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Found known;

  RealProgram(String script) {
    this.script = script;
  }

  /**
   * @throws IllegalStateException if there is none
   */
  Path path() {
    if (!found().present()) {
      throw new IllegalStateException(found().whyNot());
    }
    return Path.of(found().path());
  }

  private record Found(String path, String whyNot) {
    private boolean present() {
      return whyNot.isEmpty();
    }
  }

  private Found found() {
    lock.lock();
    try {
      if (known == null) {
        known = find();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private Found find() {
    try {
      Process process =
          new ProcessBuilder(Path.of("peers", script).toAbsolutePath().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0
          ? new Found(out.strip(), "")
          : new Found("", "peers/" + script + " found none; it says why above");
    } catch (IOException e) {
      return new Found("", "peers/" + script + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Found("", "interrupted");
    }
  }

  /** Leaves tests out, and says why, where there is none. */
  abstract static class Condition implements ExecutionCondition {
    private final RealProgram program;

    protected Condition(RealProgram program) {
      this.program = program;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Found found = program.found();
      return found.present()
          ? ConditionEvaluationResult.enabled(found.path())
          : ConditionEvaluationResult.disabled(found.whyNot());
    }
  }
}
