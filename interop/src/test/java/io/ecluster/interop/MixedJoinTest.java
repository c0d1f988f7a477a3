package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A newcomer of either kind joins two of the other, and each sees all. */
@NeedsKubo
@NeedsGoCluster
class MixedJoinTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void ourPeerJoinsTwoGoPeers() {
    try (MixedCluster cluster = new MixedCluster(3)) {
      List<MixedPeer> two = List.of(cluster.go("go0", Map.of()), cluster.go("go1", Map.of()));
      joins(cluster, two, cluster.ours("ours0", Map.of()));
    }
  }

  @Test
  void aGoPeerJoinsTwoOfOurs() {
    try (MixedCluster cluster = new MixedCluster(3)) {
      List<MixedPeer> two =
          List.of(cluster.ours("ours0", Map.of()), cluster.ours("ours1", Map.of()));
      joins(cluster, two, cluster.go("go0", Map.of()));
    }
  }

  private static void joins(MixedCluster cluster, List<MixedPeer> two, MixedPeer newcomer) {
    try {
      two.getFirst().start();
      two.getLast().start("--bootstrap", two.getFirst().clusterAddress());
      MixedCluster.awaitMembers(two, two);
      newcomer.start("--bootstrap", two.getLast().clusterAddress());
      Instant begin = Instant.now();
      cluster.awaitAllSeeAll();
      assertThat(Duration.between(begin, Instant.now())).isLessThan(SOON);
      cluster.peers().forEach(peer -> assertSeesAll(peer, cluster.peers()));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
    }
  }

  private static void assertSeesAll(MixedPeer peer, List<MixedPeer> all) {
    Set<String> ids =
        all.stream().map(MixedPeer::id).collect(Collectors.toCollection(TreeSet::new));
    for (JsonObject listed : peer.all("GET", "/peers")) {
      MixedPeer itself = byId(all, listed.text("id"));
      assertThat(listed.text("peername")).isEqualTo(itself.name());
      assertThat(listed.text("version")).isNotEmpty();
      assertThat(listed.object("ipfs").text("id")).isEqualTo(itself.kubo().peerId().toString());
    }
    PeerProcesses.await(
        peer.name() + " names all in its id",
        () -> Set.copyOf(peer.one("GET", "/id").texts("cluster_peers")).equals(ids));
    PeerProcesses.await(
        peer.name() + " draws all links", () -> MixedCluster.drawsAllLinks(peer, ids));
  }

  private static MixedPeer byId(List<MixedPeer> all, String id) {
    return all.stream().filter(peer -> peer.id().equals(id)).findFirst().orElseThrow();
  }
}
