package io.ecluster.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line, run as a user runs it: in a process of its own. */
public final class CtlProcess implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private CtlProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** How it ended and what it printed. */
  public record Result(int exitCode, String out, String err) {}

  /** Starts a command against a peer; its files go beside {@code folder}. */
  public static CtlProcess start(PeerProcess peer, Path folder, String... arguments)
      throws IOException {
    return start(peer, folder, ProcessBuilder.Redirect.PIPE, arguments);
  }

  private static CtlProcess start(
      PeerProcess peer, Path folder, ProcessBuilder.Redirect input, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.ecluster.ctl.Main",
                "--host",
                peer.apiAddress()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "ctl", ".out");
    Path err = Files.createTempFile(folder, "ctl", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new CtlProcess(process, out, err);
  }

  /** Runs a command to its end. */
  public static Result run(PeerProcess peer, Path folder, String... arguments)
      throws IOException, InterruptedException {
    try (CtlProcess ctl = start(peer, folder, arguments)) {
      return ctl.finish();
    }
  }

  /** Runs a command to its end that finds a file's content on its standard input. */
  public static Result runReading(Path input, PeerProcess peer, Path folder, String... arguments)
      throws IOException, InterruptedException {
    var redirect = ProcessBuilder.Redirect.from(input.toFile());
    try (CtlProcess ctl = start(peer, folder, redirect, arguments)) {
      return ctl.finish();
    }
  }

  public void pause() throws IOException, InterruptedException {
    Signals.pause(process);
  }

  public void resume() throws IOException, InterruptedException {
    Signals.resume(process);
  }

  public boolean alive() {
    return process.isAlive();
  }

  public Result finish() throws IOException, InterruptedException {
    if (!process.waitFor(PeerProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the command has not ended: " + process.info());
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
