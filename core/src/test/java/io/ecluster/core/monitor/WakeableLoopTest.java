package io.ecluster.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Eventually;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WakeableLoopTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private final Semaphore steps = new Semaphore(0);

  private Duration step() {
    steps.release();
    return NEVER;
  }

  private void requireStep() throws InterruptedException {
    assertThat(steps.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void runsAtOnceAndWhenWoken() throws InterruptedException {
    try (WakeableLoop loop = WakeableLoop.start("test", this::step)) {
      requireStep();
      loop.wake();
      requireStep();
      loop.wakeIn(Duration.ofMillis(5));
      requireStep();
    }
  }

  @Test
  void wakesThatComeTogetherAreOneStep() throws InterruptedException {
    try (WakeableLoop loop = WakeableLoop.start("test", this::step)) {
      requireStep();
      for (int i = 0; i < 10; i++) {
        loop.wakeIn(Duration.ofMillis(50));
      }
      requireStep();
      assertThat(steps.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  @Test
  void aWakeDuringAStepIsNotLost() throws InterruptedException {
    Semaphore goOn = new Semaphore(0);
    try (WakeableLoop loop =
        WakeableLoop.start(
            "test",
            () -> {
              steps.release();
              goOn.acquireUninterruptibly();
              return NEVER;
            })) {
      requireStep();
      loop.wake();
      goOn.release(2);
      requireStep();
    }
  }

  @Test
  void aFailedStepIsRepeated() {
    AtomicInteger runs = new AtomicInteger();
    try (WakeableLoop loop =
        WakeableLoop.start(
            "test",
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("once");
              }
              return NEVER;
            })) {
      loop.wake();
      Eventually.until("it runs again", () -> runs.get() >= 2);
    }
  }

  @Test
  void aClosedLoopRunsNoMore() throws InterruptedException {
    WakeableLoop loop = WakeableLoop.start("test", this::step);
    requireStep();
    loop.close();
    loop.wake();
    assertThat(steps.tryAcquire(20, TimeUnit.MILLISECONDS)).isFalse();
  }
}
