package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.Peers;
import io.ecluster.erasure.NotEnoughShardsException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final int SIZE = 500_000;

  /** Peers of which some are silent when asked shortly, and some whatever the time. */
  private record Busy(PeerId self, List<PeerId> late, List<PeerId> dead, Set<PeerId> askedAnew)
      implements Peers {
    @Override
    public List<PeerId> live() {
      return List.of();
    }

    @Override
    public boolean answers(PeerId peer) {
      return !late.contains(peer) && !dead.contains(peer);
    }

    @Override
    public boolean answers(PeerId peer, Duration patience) {
      askedAnew.add(peer);
      return !dead.contains(peer);
    }
  }

  private static Busy busy(CodedCluster c, List<PeerId> late, List<PeerId> dead) {
    return new Busy(c.peer(6).id(), late, dead, ConcurrentHashMap.newKeySet());
  }

  private static Preflight preflight(CodedCluster c, CodedFile file, Peers peers) {
    return new Preflight(file.manifest(), c.peer(6).consensus.state(), peers);
  }

  @Test
  void asLongAsEnoughAnswerNobodyIsAskedTwice() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(SIZE);
      Busy peers = busy(c, c.holders(file, 0).subList(1, 3), List.of());
      assertThat(preflight(c, file, peers).requireReadable()).isEqualTo(Set.copyOf(peers.late()));
      assertThat(peers.askedAnew()).isEmpty();
    }
  }

  @Test
  void holdersThatAreOnlyLateDoNotMakeAFileUnreadable() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(SIZE);
      List<PeerId> holders = c.holders(file, 0);
      Busy peers = busy(c, holders.subList(0, 4), holders.subList(4, 6));
      assertThat(preflight(c, file, peers).requireReadable()).isEqualTo(Set.copyOf(peers.dead()));
    }
  }

  @Test
  void holdersThatAreGoneDo() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(SIZE);
      List<PeerId> holders = c.holders(file, 0);
      Busy peers = busy(c, holders.subList(0, 3), holders.subList(3, 6));
      assertThatThrownBy(() -> preflight(c, file, peers).requireReadable())
          .isInstanceOf(NotEnoughShardsException.class)
          .hasMessageContaining("missing shards [3, 4, 5]");
    }
  }
}
