package io.ecluster.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.AddGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GarbageGateTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final GarbageGate gate = new GarbageGate();

  @Test
  void refusesToCollectWhileBlocksAreAdded() {
    try (AddGuard guard = gate.guard()) {
      assertThat(guard).isNotNull();
      assertThatThrownBy(() ->
              gate.collect(
                  Duration.ofMillis(10),
                  () -> {
                    throw new AssertionError("collected");
                  }))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("try later");
    }
    assertThat(collects()).isTrue();
  }

  private boolean collects() {
    AtomicInteger runs = new AtomicInteger();
    gate.collect(Duration.ZERO, runs::incrementAndGet);
    return runs.get() == 1;
  }

  @Test
  void aGuardClosedTwiceCountsOnce() {
    AddGuard first = gate.guard();
    AddGuard second = gate.guard();
    first.close();
    first.close();
    assertThatThrownBy(this::collects).hasMessageContaining("try later");
    second.close();
    assertThat(collects()).isTrue();
  }

  @Test
  void aFailedCollectionOpensTheGateAgain() {
    assertThatThrownBy(() ->
            gate.collect(
                LONG,
                () -> {
                  throw new IpfsException("failed");
                }))
        .hasMessage("failed");
    gate.guard().close();
    assertThat(collects()).isTrue();
  }

  @Test
  void whoWaitsCanBeInterrupted() throws Exception {
    CountDownLatch collecting = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> collection =
          threads.submit(() ->
              gate.collect(
                  LONG,
                  () -> {
                    collecting.countDown();
                    await(end);
                  }));
      await(collecting);
      Thread.currentThread().interrupt();
      assertThatThrownBy(gate::guard).hasMessage("interrupted while garbage is collected");
      assertThat(Thread.interrupted()).isTrue();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> gate.collect(LONG, () -> {}))
          .hasMessage("garbage collection was interrupted");
      assertThat(Thread.interrupted()).isTrue();
      end.countDown();
      collection.get(10, TimeUnit.SECONDS);
    }
    assertThat(collects()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void neverCollectsWhileAnyOfManyThreadsAdds() throws Exception {
    long seed = new Random().nextLong();
    AtomicInteger adding = new AtomicInteger();
    AtomicInteger collecting = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        Random random = new Random(seed + i);
        all.add(
            threads.submit(() -> {
              for (int round = 0; round < 200; round++) {
                if (random.nextInt(8) > 0) {
                  try (AddGuard guard = gate.guard()) {
                    adding.incrementAndGet();
                    LockSupport.parkNanos(1);
                    wrong.addAndGet(collecting.get());
                    adding.decrementAndGet();
                    assertThat(guard).isNotNull();
                  }
                } else {
                  gate.collect(
                      LONG,
                      () -> {
                        wrong.addAndGet(collecting.getAndIncrement() + adding.get());
                        LockSupport.parkNanos(1);
                        collecting.decrementAndGet();
                      });
                }
              }
            }));
      }
      for (Future<?> thread : all) {
        thread.get(50, TimeUnit.SECONDS);
      }
    }
    assertThat(wrong).as("seed %d", seed).hasValue(0);
  }
}
