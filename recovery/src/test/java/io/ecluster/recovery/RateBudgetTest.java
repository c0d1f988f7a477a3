package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.tracker.TestTime;
import io.ecluster.libp2p.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RateBudgetTest {
  private static final int RATE = 1_000;

  private final TestTime time = new TestTime();
  private final RateBudget budget = new RateBudget(RATE, time, time);
  private final AtomicInteger through = new AtomicInteger();

  private Thread spender(int bytes) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            budget.await();
            budget.spend(bytes);
            through.incrementAndGet();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Test
  void aSecondsWorthIsSpentAtOnceAndNoMoreIsSaved() throws InterruptedException {
    time.advance(Duration.ofHours(1));
    spender(RATE).join();
    spender(1).join();
    Thread waiting = spender(1);
    Eventually.until("it waits", () -> time.sleepers() == 1);
    time.advance(Duration.ofMillis(1));
    waiting.join();
    assertThat(through).hasValue(3);
  }

  @Test
  void whoComesWhenItWasOverdrawnWaitsUntilThatIsMadeUpFor() throws InterruptedException {
    spender(5 * RATE).join();
    Thread waiting = spender(RATE);
    for (int second = 0; second < 4; second++) {
      Eventually.until("it waits", () -> time.sleepers() == 1);
      assertThat(through).as("after %s seconds", second).hasValue(1);
      time.advance(Duration.ofSeconds(1));
    }
    waiting.join();
    assertThat(through).hasValue(2);
  }

  @Test
  void overALongTimeTheRateIsHeld() throws InterruptedException {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    AtomicReference<Instant> now = new AtomicReference<>(start);
    RateBudget slept =
        new RateBudget(RATE, now::get, wait -> now.updateAndGet(time -> time.plus(wait)));
    for (int i = 0; i < 100; i++) {
      slept.await();
      slept.spend(RATE / 4);
    }
    Duration passed = Duration.between(start, now.get());
    // 25 seconds' worth, of which the first second's was there, and the last may be owed
    assertThat(passed).isBetween(Duration.ofMillis(23_500), Duration.ofMillis(25_000));
  }

  @Test
  void whoIsInterruptedNoLongerWaits() throws InterruptedException {
    spender(2 * RATE).join();
    Thread waiting = spender(1);
    Eventually.until("it waits", () -> time.sleepers() == 1);
    waiting.interrupt();
    waiting.join();
    assertThat(through).hasValue(1);
  }
}
