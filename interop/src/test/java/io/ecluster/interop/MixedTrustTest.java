package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A peer of ours and a Go peer that trust each other, and a Go peer that neither trusts. */
@NeedsKubo
@NeedsGoCluster
class MixedTrustTest {
  private static final String NOBODY = FakeNetwork.identity(77).id().toString();

  @Test
  void aGoPeerThatIsNotTrustedIsRefused() {
    try (MixedCluster cluster = new MixedCluster(3)) {
      GoMember trusted = cluster.go("go0", Map.of("CLUSTER_CRDT_TRUSTEDPEERS", NOBODY));
      GoMember stranger = cluster.go("go1", Map.of());
      OurMember ours = cluster.ours("ours", Map.of("CLUSTER_CRDT_TRUSTEDPEERS", trusted.id()));
      cluster.introduce();
      ours.start();
      trusted.start("--bootstrap", ours.clusterAddress()); // which is to trust it
      stranger.start("--bootstrap", trusted.clusterAddress());
      cluster.awaitAllSeeAll(); // Cluster.ID and IDStream are open to all

      String pinned = pin(trusted, "by the trusted one");
      PeerProcesses.await(
          "the trusted one sees all",
          () ->
              trusted
                  .status(pinned)
                  .equals(
                      Map.of(
                          trusted.id(), "pinned", ours.id(), "pinned", stranger.id(), "pinned")));
      assertThat(stranger.status(pinned)).containsOnlyKeys(stranger.id()); // not PinTracker.Status
      assertThat(trusted.one("POST", "/ipfs/gc").object("peer_map").keys()).contains(ours.id());
      assertThat(stranger.one("POST", "/ipfs/gc").object("peer_map").keys())
          .isEqualTo(Set.of(stranger.id())); // not Cluster.RepoGCLocal

      String unheard = pin(stranger, "by the stranger");
      String later = pin(trusted, "later");
      PeerProcesses.await("ours has what came later", () -> ours.pins().containsKey(later));
      assertThat(ours.pins()).containsOnlyKeys(pinned, later);
      assertThat(trusted.pins()).containsOnlyKeys(pinned, later).doesNotContainKey(unheard);
    }
  }

  private static String pin(MixedPeer peer, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    String cid = peer.kubo().cli(new ByteArrayInputStream(content), "add", "-Q").text().strip();
    peer.pin(cid, "replication-min=-1&replication-max=-1");
    return cid;
  }
}
