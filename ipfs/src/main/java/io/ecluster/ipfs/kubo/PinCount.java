package io.ecluster.ipfs.kubo;

import java.util.concurrent.atomic.AtomicInteger;

/** Runs something each time that so many pins were tried. */
final class PinCount {
  private final int every;
  private final Runnable action;
  private final AtomicInteger tried = new AtomicInteger();

  /**
   * @param every zero for never
   */
  PinCount(int every, Runnable action) {
    this.every = every;
    this.action = action;
  }

  static PinCount never() {
    return new PinCount(0, () -> {});
  }

  void add() {
    if (every > 0 && tried.incrementAndGet() % every == 0) {
      action.run();
    }
  }
}
