package io.ecluster.interop;

import io.ecluster.service.PeerProcesses;
import java.util.List;

/**
 * Makes the DAG of a cluster's updates deeper. The peers write in turns, some updates each and one
 * after the other, and the next goes on when it has the last. So each update adds one to the depth,
 * but for the first of a turn: a Go peer shows a pin a little before it writes on top of it.
 */
final class DeepDag {
  private static final int UPDATES_OF_A_TURN = 50;
  private static final String ALL_PEERS = "replication-min=-1&replication-max=-1&name=";

  private final List<MixedPeer> writers;

  DeepDag(List<MixedPeer> writers) {
    this.writers = List.copyOf(writers);
  }

  /**
   * @param cids are pinned under changing names
   */
  void raise(List<String> cids, long updates) {
    long made = 0;
    for (int turn = 0; made < updates; turn++) {
      MixedPeer writer = writers.get(turn % writers.size());
      String cid = "";
      for (int i = 0; i < UPDATES_OF_A_TURN && made < updates; i++, made++) {
        cid = cids.get((int) (made % cids.size()));
        writer.pin(cid, ALL_PEERS + "update-" + made);
      }
      awaitName(cid, "update-" + (made - 1));
    }
  }

  private void awaitName(String cid, String name) {
    for (MixedPeer peer : writers) {
      PeerProcesses.await(
          peer.name() + " has " + name, () -> peer.pinOf(cid).text("name").equals(name));
    }
  }
}
