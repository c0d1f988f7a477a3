package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.tracker.TestTime;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepairQueueTest {
  private static final Cid ROOT = TestCids.cid("root");

  private final TestTime time = new TestTime();
  private final BlockingQueue<Integer> repaired = new LinkedBlockingQueue<>();

  private Optional<GroupReport> repair(Cid root, int group) {
    repaired.add(group);
    if (group == 13) {
      throw new IllegalStateException("bad luck");
    }
    return Optional.empty();
  }

  private void passDelay() throws InterruptedException {
    Eventually.until("a sleeper", () -> time.sleepers() == 1);
    time.advance(RepairQueue.DELAY.plus(RepairQueue.SPREAD));
  }

  private Integer next() throws InterruptedException {
    return repaired.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void eachGroupIsRepairedOnceInTheOrderFoundAndLater() throws InterruptedException {
    try (RepairQueue queue = RepairQueue.start(this::repair, time, new Random(1))) {
      List.of(13, 2, 13, 2, 13).forEach(group -> queue.offer(ROOT, group));
      Eventually.until("a sleeper", () -> time.sleepers() == 1);
      time.advance(RepairQueue.DELAY.minusMillis(1));
      assertThat(time.sleepers()).isEqualTo(1);
      assertThat(repaired).isEmpty();
      passDelay();
      assertThat(next()).isEqualTo(13);
      passDelay();
      assertThat(next()).isEqualTo(2);
      queue.offer(ROOT, 13);
      passDelay();
      assertThat(next()).isEqualTo(13);
      assertThat(repaired).isEmpty();
    }
  }
}
