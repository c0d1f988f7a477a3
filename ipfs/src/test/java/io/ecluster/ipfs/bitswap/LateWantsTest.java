package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LateWantsTest {
  private static final long PATIENCE = LateWants.PATIENCE.toNanos();

  private final LateWants late = new LateWants();
  private final List<Cid> cids = MemoryBlocks.cids(MemoryBlocks.random(1, 10, 10));
  private long now = Duration.ofMinutes(5).toNanos();

  @Test
  void wantsAreDueOnceAfterTheirTime() {
    late.add(cids.get(0), now);
    assertThat(late.due(now + PATIENCE - 1)).isEmpty();
    assertThat(late.due(now + PATIENCE)).containsExactly(cids.get(0));
    assertThat(late.due(now + 9 * PATIENCE)).isEmpty();
  }

  @Test
  void whatIsCancelledIsNeverDue() {
    late.add(cids.get(0), now);
    late.cancelled(cids.get(0));
    assertThat(late.due(now + PATIENCE)).isEmpty();
  }

  @Test
  void patienceEndsWhenAllIsLeftToUsAndBeginsAnewWithACancel() {
    leave(4);
    assertThat(late.patienceNanos(now)).isZero();
    late.add(cids.get(9), now);
    late.cancelled(cids.get(9));
    assertThat(late.patienceNanos(now)).isEqualTo(PATIENCE);
  }

  @Test
  void aCancelOfWhatWasAnsweredTeachesNothing() {
    leave(4);
    late.cancelled(cids.get(0));
    assertThat(late.patienceNanos(now)).isZero();
  }

  @Test
  void whatWasLearnedIsForgotten() {
    leave(4);
    now += Duration.ofSeconds(31).toNanos();
    assertThat(late.patienceNanos(now)).isEqualTo(PATIENCE);
  }

  private void leave(int count) {
    cids.subList(0, count).forEach(cid -> late.add(cid, now));
    now += PATIENCE;
    assertThat(late.due(now)).hasSize(count);
  }
}
