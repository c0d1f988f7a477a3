package io.ecluster.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The Kubo program that the tests run; found, or built once, by {@code interop/peers/kubo}. */
public final class KuboBinary {
  private static final KuboBinary INSTANCE = find();

  private final String path;
  private final String whyNot;

  private KuboBinary(String path, String whyNot) {
    this.path = path;
    this.whyNot = whyNot;
  }

  static KuboBinary instance() {
    return INSTANCE;
  }

  boolean present() {
    return !path.isEmpty();
  }

  /** Why there is none; empty if there is one. */
  String whyNot() {
    return whyNot;
  }

  /**
   * @throws IllegalStateException if there is none
   */
  String path() {
    if (!present()) {
      throw new IllegalStateException(whyNot);
    }
    return path;
  }

  private static KuboBinary find() {
    Path script = Path.of("peers", "kubo").toAbsolutePath();
    try {
      Process process =
          new ProcessBuilder(script.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0
          ? new KuboBinary(out.strip(), "")
          : new KuboBinary("", "no Kubo: " + script.getFileName() + " says why above");
    } catch (IOException e) {
      return new KuboBinary("", "no Kubo: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new KuboBinary("", "interrupted");
    }
  }
}
