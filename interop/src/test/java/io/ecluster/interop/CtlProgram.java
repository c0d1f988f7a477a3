package io.ecluster.interop;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The two command lines, each run as a user runs it. */
enum CtlProgram {
  OURS {
    @Override
    List<String> command() {
      return List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "--sun-misc-unsafe-memory-access=allow",
          "-cp",
          classPath(),
          "io.ecluster.ctl.Main");
    }
  },
  GO {
    @Override
    List<String> command() {
      return List.of(RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-ctl").toString());
    }
  };

  private static final long MINUTES = 3;

  abstract List<String> command();

  /** That of the tests, without what would log and is no part of the command line. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("logback"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** How a run ended and what it printed. */
  record Result(int code, String out, String err) {
    /** What it printed, when nothing went wrong. */
    String ok() {
      if (code != 0) {
        throw new AssertionError("ended with " + code + ": " + out + err);
      }
      return out;
    }

    /** The documents that it printed. */
    List<JsonObject> documents() {
      List<JsonObject> all = new ArrayList<>();
      Json.Documents in =
          Json.documents(new ByteArrayInputStream(ok().getBytes(StandardCharsets.UTF_8)));
      for (Object next = in.next(); next != null; next = in.next()) {
        all.add(JsonObject.of(next));
      }
      return all;
    }
  }

  /**
   * Runs to the end.
   *
   * @param folder in which it runs
   */
  Result run(Path folder, List<String> words) {
    List<String> line = new ArrayList<>(command());
    line.addAll(words);
    try {
      Path out = Files.createTempFile("ctl", ".out");
      Path err = Files.createTempFile("ctl", ".err");
      try {
        Process process = start(folder, line, out, err);
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          throw new AssertionError(words + " takes longer than " + MINUTES + " minutes");
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Process start(Path folder, List<String> line, Path out, Path err)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
    builder.environment().remove("CLUSTER_CREDENTIALS");
    return builder
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }
}
