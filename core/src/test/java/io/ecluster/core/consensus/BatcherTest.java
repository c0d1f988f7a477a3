package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.cid;
import static io.ecluster.core.consensus.TestPins.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.state.DatastoreException;
import io.ecluster.libp2p.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final List<List<PinChange>> written = new CopyOnWriteArrayList<>();

  private Batcher batcher(int maxSize, Duration maxAge, int maxQueue) {
    return new Batcher(new CrdtConfig.Batching(maxSize, maxAge, maxQueue), written::add);
  }

  @Test
  void aFullQueueRefuses() {
    Batcher batcher = batcher(10, LONG, 2);
    batcher.add(List.of(put(1, "a"), put(2, "b")));

    assertThatThrownBy(() -> batcher.add(List.of(put(3, "c"))))
        .isInstanceOf(ConsensusException.QueueFull.class)
        .hasMessageContaining("2");
  }

  @Test
  void aFullBatchIsWrittenWithoutWaitingForItsAge() {
    try (Batcher batcher = batcher(2, LONG, 100)) {
      batcher.start();
      batcher.add(List.of(put(1, "a")));
      batcher.add(List.of(put(2, "b")));

      Eventually.until("written", () -> written.size() == 1);
      assertThat(written.getFirst()).containsExactly(put(1, "a"), put(2, "b"));
    }
  }

  @Test
  void whatBelongsTogetherIsNotSplitOverTwoBatches() {
    PinOptions large = PinOptions.NONE.withMetadata(Map.of("k", "v".repeat(400_000)));
    PinChange first = new PinChange.Put(Pin.of(cid(1), large));
    PinChange second = new PinChange.Put(Pin.of(cid(2), large));
    Batcher batcher = batcher(100, LONG, 100);
    batcher.add(List.of(first));
    batcher.add(List.of(first, second));
    batcher.start();
    batcher.close();

    assertThat(written).containsExactly(List.of(first), List.of(first, second));
    assertThatThrownBy(() -> batcher.add(List.of(first))).hasMessageContaining("shutting down");
  }

  @Test
  void aBatchThatFailsIsTriedAgain() {
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    Batcher batcher =
        new Batcher(
            new CrdtConfig.Batching(1, Duration.ofMillis(1), 100),
            changes -> {
              attempts.add(changes.size());
              if (attempts.size() < 3) {
                throw new DatastoreException("disk full");
              }
              written.add(changes);
            });
    batcher.start();
    batcher.add(List.of(put(1, "a")));

    Eventually.until("written", () -> written.size() == 1);
    batcher.close();
    assertThat(attempts).hasSize(3);
  }
}
