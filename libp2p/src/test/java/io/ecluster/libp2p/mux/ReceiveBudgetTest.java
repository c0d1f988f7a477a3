package io.ecluster.libp2p.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReceiveBudgetTest {
  private final ReceiveBudget budget = new ReceiveBudget(100);

  @Test
  void oneSessionHasALimitOfItsOwn() {
    ReceiveBudget.Share share = budget.new Share(60);
    assertThat(share.reserve(60)).isTrue();
    assertThat(share.reserve(1)).isFalse();
    share.release(1);
    assertThat(share.reserve(1)).isTrue();
  }

  @Test
  void allSessionsTogetherHaveOne() {
    ReceiveBudget.Share first = budget.new Share(60);
    ReceiveBudget.Share second = budget.new Share(60);
    assertThat(first.reserve(60)).isTrue();
    assertThat(second.reserve(41)).isFalse();
    assertThat(second.reserve(40)).isTrue();
    assertThat(budget.held()).isEqualTo(100);
  }

  @Test
  void whatASessionLeavesUnreadIsGivenBackOnce() {
    ReceiveBudget.Share share = budget.new Share(60);
    assertThat(share.reserve(50)).isTrue();
    share.close();
    assertThat(budget.held()).isZero();
    share.release(50);
    share.close();
    assertThat(budget.held()).isZero();
    assertThat(share.reserve(1)).isFalse();
  }

  @Test
  void nothingIsLostOrGained() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<ReceiveBudget.Share> shares = new ArrayList<>();
    long[] holds = new long[8];
    for (int i = 0; i < holds.length; i++) {
      shares.add(budget.new Share(60));
    }
    for (int step = 0; step < 10_000; step++) {
      int who = random.nextInt(holds.length);
      int bytes = random.nextInt(30);
      if (random.nextBoolean() && shares.get(who).reserve(bytes)) {
        holds[who] += bytes;
      } else if (holds[who] >= bytes) {
        shares.get(who).release(bytes);
        holds[who] -= bytes;
      }
      long all = 0;
      for (long held : holds) {
        all += held;
      }
      assertThat(budget.held())
          .as("seed %s, step %s", seed, step)
          .isEqualTo(all)
          .isBetween(0L, 100L);
    }
  }
}
