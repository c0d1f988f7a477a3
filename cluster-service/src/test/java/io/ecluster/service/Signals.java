package io.ecluster.service;

import java.io.IOException;

/** Holds processes still and lets them go on. */
final class Signals {
  private Signals() {}

  /** SIGSTOP. */
  static void pause(Process process) throws IOException, InterruptedException {
    send("-STOP", process);
  }

  /** SIGCONT. */
  static void resume(Process process) throws IOException, InterruptedException {
    send("-CONT", process);
  }

  /** Any other, such as {@code -TERM}. */
  static void send(String signal, Process process) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " of " + process.pid() + " failed");
    }
  }
}
