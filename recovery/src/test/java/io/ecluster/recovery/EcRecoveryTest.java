package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class EcRecoveryTest {
  private static final int TWO_GROUPS = 1_500_000;
  private static final int ONE_GROUP = 500_000;

  @Test
  void healthyGroupsAreOnlyTold() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(TWO_GROUPS);
      int commits = c.cluster.pinset.deltas().size();
      List<GroupReport> reports = c.repair(c.peer(0), false, true);
      assertThat(reports)
          .hasSize(2)
          .allSatisfy(report -> {
            assertThat(report.state()).isEqualTo("healthy");
            assertThat(report.root()).isEqualTo(file.root());
            assertThat(report.name()).isEqualTo("file");
            assertThat(report.margin()).isEqualTo(2);
            assertThat(report.groups()).isEqualTo(2);
          });
      assertThat(c.cluster.pinset.deltas()).hasSize(commits);
      assertThat(c.recovery(c.peer(3)).isHealthy(meta(c, file))).isTrue();
    }
  }

  private static Pin meta(CodedCluster c, CodedFile file) {
    return c.peer(5).consensus.state().get(file.root()).orElseThrow();
  }

  @Test
  void lossesAreRebuiltOnOtherPeersAgainAndAgain() {
    try (CodedCluster c = new CodedCluster(10)) {
      CodedFile file = c.add(TWO_GROUPS);
      c.kill(c.peer(0));
      c.kill(c.peer(4));
      assertThat(c.recovery(c.peer(7)).isHealthy(meta(c, file))).isFalse();
      repairsTo(c, file, 2);
      c.kill(c.peer(1));
      c.kill(c.of(c.holder(file, 0, 0)));
      repairsTo(c, file, 1);
      assertThat(c.read(c.peer(5), file.root())).isEqualTo(file.bytes());
    }
  }

  /** After it all groups are at full margin, on so many peers or more. */
  private static void repairsTo(CodedCluster c, CodedFile file, int leastLost) {
    TestPeer self = c.peer(5);
    List<GroupReport> reports = c.repair(self, false, false);
    assertThat(reports)
        .isNotEmpty()
        .allSatisfy(report -> {
          assertThat(report.error()).isEmpty();
          assertThat(report.state()).isEqualTo("repaired");
          assertThat(report.marginAfter()).isEqualTo(2);
          assertThat(report.shards())
              .filteredOn(shard -> shard.state().equals("rebuilt"))
              .hasSizeGreaterThanOrEqualTo(leastLost)
              .allSatisfy(shard -> assertThat(shard.newPeer()).isPresent());
        });
    for (int group = 0; group < file.groups().size(); group++) {
      assertThat(c.holders(file, group)).doesNotHaveDuplicates();
    }
    assertThat(c.repair(self, true, true))
        .allSatisfy(report -> assertThat(report.state()).isEqualTo("healthy"));
    assertThat(c.read(self, file.root())).isEqualTo(file.bytes());
  }

  @Test
  void aDryRunSaysWhatWouldMoveAndMovesNothing() {
    try (CodedCluster c = new CodedCluster(8)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      int commits = c.cluster.pinset.deltas().size();
      GroupReport report = c.repair(c.peer(0), true, false).getFirst();
      assertThat(report.state()).isEqualTo("planned");
      assertThat(report.margin()).isEqualTo(1);
      assertThat(report.marginAfter()).isEqualTo(2);
      assertThat(report.shards().get(1).state()).isEqualTo("lost");
      assertThat(report.shards().get(1).newPeer())
          .hasValueSatisfying(
              peer -> assertThat(List.of(c.peer(6).id(), c.peer(7).id())).contains(peer));
      assertThat(report.bytesToWrite()).isEqualTo(file.groups().getFirst().columnBytes(1));
      assertThat(report.bytesToRead())
          .isBetween(3 * report.bytesToWrite(), 4 * report.bytesToWrite());
      assertThat(c.cluster.pinset.deltas()).hasSize(commits);
    }
  }

  @Test
  void aLostBlockIsMendedWhereItWas() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid lost = file.groups().getFirst().stripes().getFirst().cell(2).getFirst().rawCid();
      c.peer(2).store.lose(lost);
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("repaired");
      assertThat(report.shards().get(2).state()).isEqualTo("rebuilt");
      assertThat(report.shards().get(2).newPeer()).isEmpty();
      assertThat(report.bytesToWrite())
          .isEqualTo(file.groups().getFirst().stripes().getFirst().cellBytes(2));
      assertThat(c.peer(2).store.getLocal(lost)).isPresent();
      assertThat(c.holder(file, 0, 2)).isEqualTo(c.peer(2).id());
    }
  }

  @Test
  void corruptBlocksAreFoundWhenHoldersAreToHash() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid bad = file.groups().getFirst().stripes().getLast().cell(5).getLast().rawCid();
      c.peer(5).store.corrupt(bad);
      assertThat(c.repair(c.peer(0), true, false).getFirst().state()).isEqualTo("healthy");
      assertThat(c.repair(c.peer(0), true, true).getFirst().shards().get(5).state())
          .isEqualTo("unpinned");
    }
  }

  @Test
  void anUnpinnedShardIsPinnedAgain() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      c.peer(3).store.unpin(file.shard(0, 3));
      c.peer(3).store.gc(_ -> {});
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("repaired");
      assertThat(c.peer(3).store.pinned()).containsKey(file.shard(0, 3));
    }
  }

  @Test
  void tooFewPeersAreCounted() {
    try (CodedCluster c = new CodedCluster(6)) {
      c.add(ONE_GROUP);
      c.kill(c.peer(2));
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("failed");
      assertThat(report.error()).contains("needs 6 live peers and there are 5");
    }
  }

  @Test
  void whatCanBeRebuiltIsRebuiltWhenPeersAreFew() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(2));
      c.kill(c.peer(3));
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("failed");
      assertThat(report.error()).contains("needs 6 live peers and there are 5");
      assertThat(report.margin()).isZero();
      assertThat(report.marginAfter()).isOne();
      assertThat(c.holders(file, 0)).contains(c.peer(6).id());
    }
  }

  @Test
  void tooManyLossesAreNamed() {
    try (CodedCluster c = new CodedCluster(9)) {
      c.add(ONE_GROUP);
      c.kill(c.peer(1));
      c.kill(c.peer(3));
      c.kill(c.peer(5));
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("unrepairable");
      assertThat(report.margin()).isNegative();
      assertThat(report.error())
          .contains("group 0", "3 of its shards can be read, 4 are needed", "[1, 3, 5]");
    }
  }

  @Test
  void rootsThatCannotBeRepairedAreRefused() {
    try (CodedCluster c = new CodedCluster(2)) {
      byte[] bytes = {1};
      Cid plain = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(bytes));
      EcRecovery recovery = c.recovery(c.peer(0));
      assertThatThrownBy(() -> recovery.run(Optional.of(plain), true, false, _ -> {}))
          .isInstanceOf(PinNotFoundException.class);
      c.peer(1).store.put(List.of(new Block(plain, bytes)));
      var _ = c.peer(0).cluster.pin(Pin.of(plain, PinOptions.NONE.withReplication(-1, -1)));
      assertThatThrownBy(() -> recovery.run(Optional.of(plain), true, false, _ -> {}))
          .isInstanceOf(NotCodedException.class)
          .hasMessageContaining("without erasure coding");
    }
  }

  @Test
  void aTargetThatCannotStoreIsReplacedByAnother() {
    try (CodedCluster c = new CodedCluster(9)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      c.peer(6).store.storageMax(1);
      c.peer(7).store.storageMax(1);
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.error()).isEmpty();
      assertThat(c.holder(file, 0, 1)).isEqualTo(c.peer(8).id());
    }
  }

  @Test
  void whenAllTargetsFailTheLastOnesWordsAreTold() {
    try (CodedCluster c = new CodedCluster(7)) {
      c.add(ONE_GROUP);
      c.kill(c.peer(1));
      c.peer(6).store.storageMax(1);
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("failed");
      assertThat(report.error()).contains("no space left");
    }
  }

  /** What happens once, when the first call of a kind to a peer begins. */
  private static BiConsumer<PeerId, RpcMethod<?, ?>> once(
      RpcMethod<?, ?> method, PeerId peer, Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return (to, called) -> {
      if (called.equals(method) && to.equals(peer) && done.compareAndSet(false, true)) {
        action.run();
      }
    };
  }

  private static GroupReport repairWith(
      CodedCluster c, TestPeer self, BiConsumer<PeerId, RpcMethod<?, ?>> hook) {
    List<GroupReport> reports = new ArrayList<>();
    new EcRecovery(c.parts(self, new HookedRpc(self.rpc, hook)))
        .run(Optional.empty(), false, false, reports::add);
    return reports.getFirst();
  }

  @Test
  void aHolderThatDiesMeanwhileIsRebuiltToo() {
    try (CodedCluster c = new CodedCluster(9)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      TestPeer dying = c.peer(2);
      GroupReport report =
          repairWith(c, c.peer(0), once(ErasureMethods.BLOCKS, dying.id(), () -> c.kill(dying)));
      assertThat(report.error()).isEmpty();
      var again = c.repair(c.peer(0), false, false);
      assertThat(again).allSatisfy(r -> assertThat(r.marginAfter()).isEqualTo(2));
      assertThat(c.holders(file, 0)).doesNotHaveDuplicates().doesNotContain(dying.id());
      assertThat(c.read(c.peer(0), file.root())).isEqualTo(file.bytes());
    }
  }

  @Test
  void aTargetThatDiesMeanwhileIsReplaced() {
    try (CodedCluster c = new CodedCluster(8)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      List<PeerId> first = new ArrayList<>();
      BiConsumer<PeerId, RpcMethod<?, ?>> killFirstTarget =
          (to, method) -> {
            if (method.equals(RpcMethods.IPFS_BLOCK_STREAM) && first.isEmpty()) {
              first.add(to);
              c.kill(c.of(to));
            }
          };
      GroupReport report = repairWith(c, c.peer(0), killFirstTarget);
      assertThat(report.error()).isEmpty();
      assertThat(report.state()).isEqualTo("repaired");
      assertThat(c.holder(file, 0, 1)).isNotIn(first).isNotEqualTo(c.peer(1).id());
    }
  }

  @Test
  void holdersThatAreNotOurPeersAreAskedAsGoPeersAre() {
    try (CodedCluster c = new CodedCluster(9)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      List<PeerId> go = List.of(c.peer(2).id(), c.peer(3).id());
      GroupReport report =
          repairWith(
              c,
              c.peer(0),
              (to, method) -> {
                if (go.contains(to) && method.service().equals("Erasure")) {
                  throw new RpcException(
                      RpcException.Kind.SERVER, "rpc: can't find service Erasure");
                }
              });
      assertThat(report.error()).isEmpty();
      assertThat(report.shards().get(2).state()).isEqualTo("healthy");
      assertThat(c.holder(file, 0, 1)).isNotEqualTo(c.peer(1).id());
    }
  }

  @Test
  void aRootUnpinnedMeanwhileBringsNoShardBack() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      PinChange unpin = new PinChange.Remove(file.root());
      GroupReport report =
          repairWith(
              c,
              c.peer(0),
              once(
                  ErasureMethods.BLOCKS,
                  c.peer(2).id(),
                  () -> c.peer(3).consensus.commit(List.of(unpin))));
      assertThat(report.state()).isEqualTo("failed");
      assertThat(report.error()).contains("unpinned");
      assertThat(c.holder(file, 0, 1)).isEqualTo(c.peer(1).id());
    }
  }

  @Test
  void twoRepairsAtOnceEndWell() throws Exception {
    try (CodedCluster c = new CodedCluster(10)) {
      CodedFile file = c.add(TWO_GROUPS);
      c.kill(c.peer(0));
      c.kill(c.peer(1));
      CyclicBarrier start = new CyclicBarrier(2);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<List<GroupReport>> one = threads.submit(() -> startTogether(c, c.peer(5), start));
        Future<List<GroupReport>> other = threads.submit(() -> startTogether(c, c.peer(8), start));
        assertThat(one.get()).hasSize(2);
        assertThat(other.get()).hasSize(2);
      }
      assertThat(c.repair(c.peer(5), false, false))
          .allSatisfy(report -> assertThat(report.marginAfter()).isEqualTo(2));
      assertThat(c.holders(file, 0)).doesNotHaveDuplicates();
      assertThat(c.holders(file, 1)).doesNotHaveDuplicates();
      assertThat(c.read(c.peer(5), file.root())).isEqualTo(file.bytes());
    }
  }

  private static List<GroupReport> startTogether(CodedCluster c, TestPeer self, CyclicBarrier start)
      throws Exception {
    var _ = start.await();
    return c.repair(self, false, false);
  }

  @Test
  void shardsThatShareAPeerPartWhenThereIsAnother() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP, (_, column) -> c.peer(Math.min(column, 4)));
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("repaired");
      assertThat(report.margin()).isOne();
      assertThat(report.marginAfter()).isEqualTo(2);
      assertThat(c.holders(file, 0)).doesNotHaveDuplicates();
      assertThat(c.read(c.peer(0), file.root())).isEqualTo(file.bytes());
    }
  }

  @Test
  void sharedPeersAreLeftAloneWhereThereIsNoOther() {
    try (CodedCluster c = new CodedCluster(3)) {
      CodedFile file = c.add(ONE_GROUP, (_, column) -> c.peer(column % 3));
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("healthy");
      assertThat(report.margin()).isOne();
      c.kill(c.peer(2));
      GroupReport after = c.repair(c.peer(0), false, false).getFirst();
      assertThat(after.state()).isEqualTo("repaired");
      assertThat(c.holders(file, 0)).containsOnly(c.peer(0).id(), c.peer(1).id());
      assertThat(c.holders(file, 0)).filteredOn(c.peer(1).id()::equals).hasSize(3);
    }
  }

  @Test
  void aShardWithoutPinGetsOneLikeTheOthers() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid shard = file.shard(0, 4);
      Pin before = c.peer(0).consensus.state().get(shard).orElseThrow();
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(shard)));
      assertThat(c.repair(c.peer(0), false, false).getFirst().state()).isEqualTo("repaired");
      Pin after = c.peer(0).consensus.state().get(shard).orElseThrow();
      assertThat(after.options()).isEqualTo(before.options());
      assertThat(after.type()).isEqualTo(before.type());
      assertThat(after.options().metadata()).containsKey(CodedPinFactory.CODING_ID);
    }
  }

  @Test
  void manifestsAreSentToPeersThatLostThem() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid manifest = meta(c, file).reference().orElseThrow();
      c.cluster.peers.stream().skip(1).forEach(peer -> peer.store.lose(manifest));
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(manifest)));
      c.peer(0).store.put(List.of());
      assertThat(c.repair(c.peer(3), false, false)).hasSize(1);
      assertThat(c.cluster.peers).allSatisfy(peer -> assertThat(peer.store.has(manifest)).isTrue());
      assertThat(c.peer(0).consensus.state().get(manifest)).isPresent();
    }
  }

  @Test
  void aManifestThatIsNowhereIsReported() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      Cid manifest = meta(c, file).reference().orElseThrow();
      c.cluster.peers.forEach(peer -> peer.store.lose(manifest));
      GroupReport report = c.repair(c.peer(0), false, false).getFirst();
      assertThat(report.state()).isEqualTo("unrepairable");
      assertThat(report.error()).contains("manifest");
      assertThat(report.dataShards()).isEqualTo(CodedCluster.DATA);
    }
  }
}
