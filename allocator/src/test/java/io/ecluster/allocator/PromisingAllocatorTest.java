package io.ecluster.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.LivePeer;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.ShardAllocator;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromisingAllocatorTest {
  private static final long ROOM = 1000;

  private final Promises promises = new Promises(() -> Instant.EPOCH, Promises.STANDARD_MEMORY);
  private final PromisingAllocator allocator = new PromisingAllocator(promises, new Random(1));

  private static ShardAllocator.Request request(int peers, Set<PeerId> excluded, long bytes) {
    List<LivePeer> live =
        IntStream.range(0, peers)
            .mapToObj(i -> new LivePeer(TestPeers.peer(i), ROOM, List.of()))
            .toList();
    return new ShardAllocator.Request(List.of(0, 1, 2), Map.of(), 1, live, excluded, false, bytes);
  }

  @Test
  void remembersWhatItGave() {
    ShardAllocator.Allotment first = allocator.allocate(request(6, Set.of(), ROOM));
    assertThat(first.margin()).isEqualTo(1);
    assertThat(first.relaxed()).isEmpty();
    assertThat(first.holders().values()).allMatch(peer -> promises.of(peer) == ROOM);
    ShardAllocator.Allotment second = allocator.allocate(request(6, Set.of(), ROOM));
    assertThat(second.relaxed()).isEmpty();
    Set<PeerId> all = new HashSet<>(first.holders().values());
    all.addAll(second.holders().values());
    assertThat(all).hasSize(6); // the reports are the same, and yet no peer got two
  }

  @Test
  void saysHowManyPeersAreWanting() {
    assertThatThrownBy(() -> allocator.allocate(request(3, Set.of(TestPeers.peer(1)), 1)))
        .isInstanceOf(NotEnoughPeersException.class)
        .hasMessageContaining("needs 3 live peers and there are 2");
    assertThat(promises.of(TestPeers.peer(0))).isZero();
  }
}
