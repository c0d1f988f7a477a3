package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Go peer's folder is run by our daemon and then by Go's again; its cluster does not notice. */
@NeedsKubo
@NeedsGoCluster
class MixedUpgradeTest {
  @Test
  void inPlaceAndBack() {
    try (MixedCluster cluster = new MixedCluster(2)) {
      GoMember other = cluster.go("go0", Map.of());
      GoMember upgraded = cluster.go("go1", Map.of());
      cluster.start();
      pin(other, "before");
      List<GoMember> both = List.of(other, upgraded);
      awaitSame(both, 1);
      upgraded.stop();
      pin(other, "while it was down");

      OurMember ours = cluster.takingOver(upgraded);
      assertThat(ours.id()).isEqualTo(upgraded.id());
      ours.start(); // knows its cluster from its peerstore
      MixedCluster.awaitMembers(List.of(other, ours), both);
      awaitSame(List.of(other, ours), 2);
      pin(ours, "by the new program");
      awaitSame(List.of(other, ours), 3);
      ours.stop();
      assertThat(ours.log()).doesNotContain("is not a known setting");

      upgraded.start();
      MixedCluster.awaitMembers(both, both);
      pin(upgraded, "by the old program again");
      awaitSame(both, 4);
    }
  }

  private static void pin(MixedPeer peer, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    String cid = peer.kubo().cli(new ByteArrayInputStream(content), "add", "-Q").text().strip();
    peer.pin(cid, "replication-min=-1&replication-max=-1&name=" + text.replace(' ', '-'));
    PeerProcesses.await(
        "all have " + text, () -> peer.status(cid).values().stream().allMatch("pinned"::equals));
  }

  private static void awaitSame(List<? extends MixedPeer> peers, int count) {
    PeerProcesses.await(
        count + " pins on all",
        () ->
            peers.stream().allMatch(peer -> peer.pins().size() == count)
                && peers.stream().map(MixedPeer::pins).distinct().count() == 1);
  }
}
