package io.ecluster.ctl;

import java.time.Duration;
import java.time.InstantSource;

/** The time that commands which wait go by. */
record Waits(InstantSource clock, Pause pause) {
  static final Waits REAL = new Waits(InstantSource.system(), Thread::sleep);

  /** Lets time pass. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }
}
