package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where group nodes come from in clusters of both kinds. */
class NodeSourceTest {
  private static final int ONE_GROUP = 500_000;

  private static NodeSource source(CodedCluster c) {
    RecoveryParts parts = c.parts(c.peer(0));
    return new NodeSource(parts.ipfs(), parts.blocks(), parts.peers());
  }

  @Test
  void whatOnlyGoPeersHoldComesThroughTheOwnIpfsNode() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, 6)) {
      CodedFile file = c.add(ONE_GROUP, (_, column) -> c.peer(1 + column));
      Block group = file.groups().getFirst().toBlock();
      TestPeer self = c.peer(0);
      assertThat(self.store.has(group.cid())).isFalse();
      assertThat(source(c).get(group.cid())).isEqualTo(group.data());
      self.store.online(false);
      assertThatThrownBy(() -> source(c).get(group.cid()))
          .isInstanceOf(BlockNotFoundException.class)
          .hasMessageContaining("7 live peers");
    }
  }

  @Test
  void aFileOnGoPeersIsReadAndRepairedWithTwoOfThemLost() {
    try (CodedCluster c = CodedCluster.withGoPeers(1, 8)) {
      CodedFile file = c.add(ONE_GROUP, (_, column) -> c.peer(1 + column));
      c.kill(c.peer(1));
      c.kill(c.peer(6));
      assertThat(c.read(c.peer(0), file.root())).isEqualTo(file.bytes());
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.error()).isEmpty();
      assertThat(report.state()).isEqualTo("repaired");
      assertThat(c.holders(file, 0))
          .doesNotHaveDuplicates()
          .doesNotContain(c.peer(1).id(), c.peer(6).id());
      assertThat(c.repair(c.peer(0), false, false).getFirst().state()).isEqualTo("healthy");
      assertThat(c.read(c.peer(0), file.root())).isEqualTo(file.bytes());
    }
  }

  @Test
  void aGoHolderThatIsGoneIsNotWaitedForAgain() throws InterruptedException {
    try (CodedCluster c = CodedCluster.withGoPeers(1, 6)) {
      CodedFile file = c.add(ONE_GROUP, (_, column) -> c.peer(1 + column));
      List<CodedBlock> cell = file.groups().getFirst().stripes().getFirst().cell(0);
      TestPeer holder = c.peer(1);
      try (HolderLinks links = new HolderLinks(c.peer(0).rpc, c.peers(c.peer(0)), c.peer(0).ipfs)) {
        assertThat(links.read(holder.id(), cell.getFirst().rawCid())).isPresent();
        holder.store.online(false);
        assertThat(links.read(holder.id(), cell.getFirst().rawCid())).isEmpty();
        assertThat(links.isGone(holder.id())).isFalse(); // it answers
        c.kill(holder);
        assertThat(links.read(holder.id(), cell.getFirst().rawCid())).isEmpty();
        assertThat(links.isGone(holder.id())).isTrue();
      }
    }
  }

  /** The refusal may come before the first question is sent. */
  @Test
  void aHolderThatRefusedAlreadyIsKnownForAGoPeer() throws InterruptedException {
    try (CodedCluster c = CodedCluster.withGoPeers(1, 1)) {
      Cid block = TestDag.raw("any").cid();
      var call = c.peer(0).rpc.open(c.peer(1).id(), ErasureMethods.BLOCKS, HolderLinks.PATIENCE);
      Eventually.until("it has refused", () -> isRefused(call, block));
      try (HolderLink link = HolderLink.over(call, "refused")) {
        assertThat(link.read(block, HolderLinks.PATIENCE)).isEmpty();
        assertThat(link.foreign()).isTrue();
      }
    }
  }

  private static boolean isRefused(Rpc.Call<Cid, NodeWithMeta> call, Cid block) {
    try {
      call.send(block);
      return false;
    } catch (RpcException e) {
      return true;
    }
  }

  @Test
  void whatAPeerOfOursHasComesFromIt() {
    try (CodedCluster c = CodedCluster.withGoPeers(2, 5)) {
      Block block = TestDag.raw("a block of one of ours");
      c.peer(1).store.put(List.of(block));
      c.peer(0).store.online(false);
      assertThat(source(c).get(block.cid())).isEqualTo(block.data());
    }
  }

  /** A cluster of ours alone has said all there is to say. */
  @Test
  void theNetworkIsAskedOnlyWhereThereAreGoPeers() {
    Block block = TestDag.raw("a block of a stranger");
    try (CodedCluster ours = new CodedCluster(3)) {
      ours.cluster.ipfsNetwork.node(99).put(List.of(block));
      Cid cid = block.cid();
      assertThatThrownBy(() -> source(ours).get(cid)).isInstanceOf(BlockNotFoundException.class);
    }
    try (CodedCluster both = CodedCluster.withGoPeers(2, 1)) {
      both.cluster.ipfsNetwork.node(99).put(List.of(block));
      assertThat(source(both).get(block.cid())).isEqualTo(block.data());
    }
  }

  @Test
  void anOwnNodeThatIsAwayHidesNothingThatPeersHave() {
    try (CodedCluster c = CodedCluster.withGoPeers(2, 1)) {
      Block block = TestDag.raw("kept twice");
      c.peer(0).store.put(List.of(block));
      c.peer(1).store.put(List.of(block));
      c.peer(0).store.failWith("no daemon");
      assertThat(source(c).get(block.cid())).isEqualTo(block.data());
      Cid nowhere = TestDag.raw("nowhere").cid();
      assertThatThrownBy(() -> source(c).get(nowhere)).isInstanceOf(BlockNotFoundException.class);
      c.peer(0).store.heal();
    }
  }
}
