package io.ecluster.core.cluster;

import java.time.Duration;

/** Lets time pass; {@code Thread::sleep} outside of tests. */
@FunctionalInterface
public interface Sleeper {
  void sleep(Duration duration) throws InterruptedException;
}
