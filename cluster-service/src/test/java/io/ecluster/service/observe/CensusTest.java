package io.ecluster.service.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.Cid;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.FakeCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class CensusTest {
  private volatile List<Pin> pins = List.of(Pin.of(FakeCluster.CID, PinOptions.NONE));
  private volatile boolean broken;

  private final class Pins implements PinState {
    @Override
    public Optional<Pin> get(Cid cid) {
      return Optional.empty();
    }

    @Override
    public Stream<Pin> list() {
      if (broken) {
        throw new IllegalStateException("closed");
      }
      return pins.stream();
    }
  }

  private Census census(Duration interval, io.ecluster.core.cluster.Sleeper sleeper) {
    return new Census(
        new Census.Source(new Pins(), _ -> {}, () -> List.of(FakeCluster.ONE)), interval, sleeper);
  }

  @ParameterizedTest
  @CsvSource({"30, 100, 30", "30, 299, 30", "30, 400, 40", "0, 1, 1", "5, 60000, 6000"})
  void restsAHundredTimesAsLongAsItCounts(long interval, long tookMillis, long restSeconds) {
    assertThat(census(Duration.ofSeconds(interval), _ -> {}).rest(Duration.ofMillis(tookMillis)))
        .isEqualTo(Duration.ofSeconds(restSeconds));
  }

  @Test
  void countsAtOnceAndAgainAndAgain() {
    BlockingQueue<Duration> rests = new LinkedBlockingQueue<>();
    Semaphore go = new Semaphore(0);
    Duration interval = Duration.ofHours(1);
    try (Census census =
        census(
            interval,
            rest -> {
              rests.add(rest);
              go.acquire();
            })) {
      assertThat(census.last()).isEmpty();
      census.start();
      PeerProcesses.await("one count", () -> rests.size() == 1);
      assertThat(census.last().orElseThrow().byType()).isEqualTo(Map.of(PinType.DATA, 1L));
      pins = List.of();
      go.release();
      PeerProcesses.await("another count", () -> rests.size() == 2);
      assertThat(census.last().orElseThrow().pins()).isZero();
      broken = true;
      go.release();
      PeerProcesses.await("a count that failed", () -> rests.size() == 3);
      assertThat(census.last().orElseThrow().pins()).isZero();
      assertThat(rests).containsOnly(interval);
    }
  }
}
