package io.ecluster.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromisesTest {
  private Instant now = Instant.EPOCH;
  private final Promises promises = new Promises(() -> now, Duration.ofSeconds(60));

  @Test
  void addsUpWhatAPeerWasPromised() {
    promises.add(TestPeers.peer(1), 5);
    promises.add(TestPeers.peer(1), 7);
    promises.add(TestPeers.peer(2), 1);
    assertThat(promises.of(TestPeers.peer(1))).isEqualTo(12);
    assertThat(promises.of(TestPeers.peer(2))).isEqualTo(1);
    assertThat(promises.of(TestPeers.peer(3))).isZero();
  }

  @Test
  void forgetsEachPromiseInItsTime() {
    promises.add(TestPeers.peer(1), 5);
    now = now.plusSeconds(40);
    promises.add(TestPeers.peer(1), 7);
    now = now.plusSeconds(20);
    assertThat(promises.of(TestPeers.peer(1))).isEqualTo(7);
    now = now.plusSeconds(40);
    assertThat(promises.of(TestPeers.peer(1))).isZero();
  }

  /** Five peers have room for one shard each, by a report that does not change meanwhile. */
  @Test
  void groupsPlacedByOneReportDoNotOverfillAPeer() {
    Set<Object> used = new HashSet<>();
    for (int group = 0; group < 5; group++) {
      List<Candidate> candidates = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        long promised = promises.of(TestPeers.peer(i));
        candidates.add(new Candidate(TestPeers.peer(i), 100, promised, List.of()));
      }
      PlacementRequest request =
          PlacementRequest.ofNewGroup(List.of(0), 0, candidates, false, 60, group);
      var placed = (Placement.Placed) ShardPlacement.place(request);
      placed.holders().values().forEach(peer -> promises.add(peer, 60));
      used.addAll(placed.holders().values());
    }
    assertThat(used).hasSize(5);
  }
}
