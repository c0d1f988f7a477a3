package io.ecluster.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DialRateTest {
  private static final InetSocketAddress TARGET = new InetSocketAddress("192.0.2.1", 9096);

  private final AtomicLong nanos = new AtomicLong(-5);
  private final DialRate rate = new DialRate(nanos::get);

  private void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** What a Go peer grants an address: 0.2 a second, sixteen at once. */
  private static final class GoLimit {
    private static final double BURST = 16;
    private static final double PER_SECOND = 0.2;
    private double tokens = BURST;

    void passed(Duration time) {
      tokens = Math.min(BURST, tokens + PER_SECOND * time.toMillis() / 1000.0);
    }

    boolean accepts() {
      tokens -= 1;
      return tokens >= 0;
    }
  }

  @Test
  void whoeverDialsAsFastAsItMayIsNeverRefusedByGo() {
    GoLimit go = new GoLimit();
    int made = 0;
    Duration step = Duration.ofMillis(100);
    for (int i = 0; i < 36_000; i++) {
      if (rate.allows(TARGET)) {
        rate.connected(TARGET);
        made++;
        assertThat(go.accepts()).as("connection %s after %s steps", made, i).isTrue();
      }
      advance(step);
      go.passed(step);
    }
    assertThat(made).isBetween(550, 650); // an hour: one in six seconds
  }

  @Test
  void aBurstIsAllowedAndAgainAfterARest() {
    for (int i = 0; i < DialRate.BURST; i++) {
      assertThat(rate.allows(TARGET)).isTrue();
      rate.connected(TARGET);
    }
    assertThat(rate.allows(TARGET)).isFalse();
    advance(DialRate.INTERVAL);
    assertThat(rate.allows(TARGET)).isTrue();
    advance(DialRate.INTERVAL.multipliedBy(100));
    for (int i = 0; i < DialRate.BURST; i++) {
      rate.connected(TARGET);
    }
    assertThat(rate.allows(TARGET)).isFalse();
  }

  @Test
  void eachSocketHasItsOwnAndLoopbackHasNone() {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9096);
    for (int i = 0; i < 100; i++) {
      rate.connected(TARGET);
      rate.connected(loopback);
    }
    assertThat(rate.allows(TARGET)).isFalse();
    assertThat(rate.allows(new InetSocketAddress("192.0.2.1", 9097))).isTrue();
    assertThat(rate.allows(loopback)).isTrue();
  }

  @Test
  void askingCountsNothing() {
    for (int i = 0; i < 100; i++) {
      assertThat(rate.allows(TARGET)).isTrue();
    }
  }
}
