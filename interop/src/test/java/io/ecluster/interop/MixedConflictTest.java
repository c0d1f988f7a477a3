package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.PeerProcesses;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One CID, pinned by a peer of each kind that knows nothing of the other's write: two updates of
 * the same priority. Each peer is paused while the other writes, so that this is no matter of luck.
 */
@NeedsKubo
@NeedsGoCluster
class MixedConflictTest {
  private static final String ALL_PEERS = "replication-min=-1&replication-max=-1&name=";

  @RegisterExtension static final MixedPeers CLUSTER = new MixedPeers(1, 1);

  @Test
  void theGreaterValueWinsOnBoth() {
    MixedPeer go = CLUSTER.go(0);
    MixedPeer ours = CLUSTER.ours(0);
    String cid = RandomPins.contents(go.kubo(), new Random(6), 1).getFirst();
    go.pin(cid, ALL_PEERS + "first");
    awaitName(cid, "first");
    write(cid, go, "round1-z", ours, "round1-a");
    awaitName(cid, "round1-z");
    write(cid, go, "round2-a", ours, "round2-z");
    awaitName(cid, "round2-z");
    write(cid, ours, "round3-z", go, "round3-a");
    awaitName(cid, "round3-z");
    write(cid, ours, "round4-a", go, "round4-z");
    awaitName(cid, "round4-z");
    awaitUpdates(go, 9);
    awaitUpdates(ours, 9);

    List<MixedPeer> both = CLUSTER.all();
    both.forEach(MixedPeer::stop);
    assertThat(both.stream().map(MixedPeer::exported).distinct().count()).isEqualTo(1);
    for (MixedPeer peer : both) {
      CrdtDag dag = CrdtDag.of(peer);
      assertThat(dag.height()).as("height at %s", peer.name()).isEqualTo(5);
      assertThat(dag.conflicts()).as("conflicts at %s", peer.name()).isEqualTo(4);
    }
  }

  private static void write(
      String cid, MixedPeer one, String itsName, MixedPeer other, String otherName) {
    other.pause();
    one.pin(cid, ALL_PEERS + itsName);
    one.pause();
    other.resume();
    other.pin(cid, ALL_PEERS + otherName);
    one.resume();
  }

  /**
   * Waits until a peer has so many updates. One that lost against another is shown by nothing else,
   * and only while the peer is stopped.
   */
  private static void awaitUpdates(MixedPeer peer, long count) {
    PeerProcesses.await(
        peer.name() + " has all updates",
        () -> {
          peer.stop();
          long found = CrdtDag.of(peer).size();
          peer.start();
          return found == count;
        });
  }

  private static void awaitName(String cid, String name) {
    PeerProcesses.await(
        "both have " + name,
        () -> CLUSTER.all().stream().allMatch(peer -> peer.pinOf(cid).text("name").equals(name)));
  }
}
