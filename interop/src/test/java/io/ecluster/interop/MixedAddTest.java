package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcesses;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is added through a peer of one kind is stored by peers of the other. */
@NeedsKubo
@NeedsGoCluster
class MixedAddTest {
  private static final int SIZE = 5_000_000;

  @RegisterExtension static final MixedPeers CLUSTER = new MixedPeers(2, 2);

  @Test
  void throughAGoPeerToOurs() {
    storedByOthers(CLUSTER.go(1), CLUSTER.ours(0), CLUSTER.ours(1));
  }

  @Test
  void throughOursToGoPeers() {
    storedByOthers(CLUSTER.ours(1), CLUSTER.go(0), CLUSTER.go(1));
  }

  @Test
  void toAll() {
    for (MixedPeer peer : List.of(CLUSTER.go(0), CLUSTER.ours(0))) {
      stored(peer, "replication-min=-1&replication-max=-1", CLUSTER.all());
    }
  }

  private static void storedByOthers(MixedPeer through, MixedPeer first, MixedPeer second) {
    String query =
        "replication-min=2&replication-max=2&user-allocations=" + first.id() + "," + second.id();
    String root = stored(through, query, List.of(first, second));
    assertThat(through.kubo().cli("block", "stat", "--offline", root).exit()).isNotZero();
    assertThat(Set.copyOf(through.one("GET", "/allocations/" + root).texts("allocations")))
        .isEqualTo(Set.of(first.id(), second.id()));
  }

  /** Adds and gives the root, once the Kubo of each holder has all of it. */
  private static String stored(MixedPeer through, String query, List<MixedPeer> holders) {
    byte[] content = Coded.bytes(query.hashCode() * 31L + through.name().hashCode(), SIZE);
    List<JsonObject> events = PeerProcesses.add(through.api(), query, content);
    String root = events.getLast().text("cid");
    for (MixedPeer holder : holders) {
      PeerProcesses.await(
          holder.name() + " has pinned it",
          () -> holder.kubo().cli("pin", "ls", "--type=recursive", root).exit() == 0);
      assertThat(holder.kubo().cli("cat", "--offline", root).out()).isEqualTo(content);
      for (MixedPeer asked : CLUSTER.all()) {
        PeerProcesses.await(
            asked.name() + " knows that " + holder.name() + " has it",
            () -> "pinned".equals(asked.status(root).get(holder.id())));
      }
    }
    return root;
  }
}
