package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** One peer of ours keeps manifests on peers of both kinds. */
class ManifestKeeperTest {
  private static final int ONE_GROUP = 500_000;
  private static final int GO_PEERS = 6;
  private static final int ALL = 1 + GO_PEERS;

  /** Peers that were sent blocks. */
  private final Set<PeerId> sentTo = ConcurrentHashMap.newKeySet();

  private int spread(CodedCluster c, CodedFile file, Set<PeerId> live) {
    TestPeer self = c.peer(0);
    HookedRpc rpc =
        new HookedRpc(
            self.rpc,
            (to, method) -> {
              if (method.equals(RpcMethods.IPFS_BLOCK_STREAM)) {
                sentTo.add(to);
              }
            });
    RecoveryParts parts = c.parts(self, rpc);
    NodeSource nodes = new NodeSource(parts.ipfs(), parts.blocks(), parts.peers());
    Pin meta = self.consensus.state().get(file.root()).orElseThrow();
    return new ManifestKeeper(parts, nodes)
        .spread(new Snapshots(parts, nodes).coding(meta), new HashSet<>(live));
  }

  private int spread(CodedCluster c, CodedFile file) {
    return spread(c, file, Set.copyOf(c.cluster.ids()));
  }

  private static Cid manifestOf(CodedCluster c, CodedFile file) {
    return c.peer(0).consensus.state().get(file.root()).flatMap(Pin::reference).orElseThrow();
  }

  private static void takeAway(TestPeer peer, Cid manifest) {
    peer.store.unpin(manifest);
    peer.store.lose(manifest);
    peer.store.online(false); // what it has later, it was sent
  }

  @Test
  void goPeersThatPinnedItAreCountedAndSentNothing() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, GO_PEERS)) {
      assertThat(spread(c, c.add(ONE_GROUP))).isEqualTo(ALL);
      assertThat(sentTo).isEmpty();
    }
  }

  @Test
  void peersOfBothKindsThatLostItGetItAnew() {
    try (CodedCluster c = CodedCluster.withGoPeers(2, GO_PEERS)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid manifest = manifestOf(c, file);
      List<TestPeer> lacking = List.of(c.peer(1), c.peer(3), c.peer(7));
      lacking.forEach(peer -> takeAway(peer, manifest));
      assertThat(spread(c, file)).isEqualTo(2 + GO_PEERS);
      assertThat(sentTo).containsExactlyInAnyOrderElementsOf(idsOf(lacking));
      assertThat(lacking)
          .allSatisfy(peer -> {
            assertThat(peer.store.has(manifest)).isTrue();
            assertThat(peer.store.pinned(manifest)).contains(PinMode.RECURSIVE);
          });
    }
  }

  private static List<PeerId> idsOf(List<TestPeer> peers) {
    return peers.stream().map(TestPeer::id).toList();
  }

  @Test
  void aGoPeerThatHasTheBlocksButNoPinIsNotBelieved() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, GO_PEERS)) {
      CodedFile file = c.add(ONE_GROUP);
      c.peer(4).store.unpin(manifestOf(c, file));
      assertThat(spread(c, file)).isEqualTo(ALL);
      assertThat(c.peer(4).store.pinned(manifestOf(c, file))).contains(PinMode.RECURSIVE);
    }
  }

  @Test
  void peersThatCannotTakeItAreNotCounted() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, GO_PEERS)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid manifest = manifestOf(c, file);
      takeAway(c.peer(2), manifest);
      c.peer(2).store.storageMax(1);
      c.kill(c.peer(3));
      assertThat(spread(c, file)).isEqualTo(ALL - 2);
      assertThat(sentTo).containsExactly(c.peer(2).id());
    }
  }

  @Test
  void onlyThoseThatLiveAreCounted() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, GO_PEERS)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(5));
      c.kill(c.peer(6));
      assertThat(spread(c, file, Set.copyOf(idsOf(c.living())))).isEqualTo(ALL - 2);
    }
  }

  @Test
  void aPinThatWasGoneIsSetAndFollowedByGoPeers() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, GO_PEERS)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid manifest = manifestOf(c, file);
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(manifest)));
      List<TestPeer> unpinned = new ArrayList<>(c.cluster.peers);
      unpinned.forEach(
          peer -> Eventually.until("it is unpinned", () -> peer.store.pinned(manifest).isEmpty()));
      assertThat(spread(c, file)).isEqualTo(ALL);
      unpinned
          .subList(1, ALL)
          .forEach(peer -> assertThat(peer.store.pinned(manifest)).contains(PinMode.RECURSIVE));
    }
  }
}
