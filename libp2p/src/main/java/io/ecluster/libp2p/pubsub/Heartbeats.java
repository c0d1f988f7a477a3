package io.ecluster.libp2p.pubsub;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What calls the heartbeat; a test beats it by hand. */
@FunctionalInterface
public interface Heartbeats {
  /** Runs {@code beat} every {@code period} until the returned handle is closed. */
  Stop every(Duration period, Runnable beat);

  /** Ends the calls. */
  @FunctionalInterface
  interface Stop extends AutoCloseable {
    @Override
    void close();
  }

  /** Beats by the machine's clock. */
  static Heartbeats real() {
    return (period, beat) -> {
      ScheduledExecutorService timer =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofVirtual().name("gossipsub-heartbeat").factory());
      timer.scheduleAtFixedRate(beat, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
      return timer::shutdownNow;
    };
  }
}
