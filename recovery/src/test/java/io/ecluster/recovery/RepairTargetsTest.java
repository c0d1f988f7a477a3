package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.allocator.Promises;
import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.erasure.ManifestWriter;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What repairs ask of the peers that get shards. */
class RepairTargetsTest {
  private static final int ONE_GROUP = 500_000;
  private static final long ALL_THERE_IS = 1L << 40;

  private static GroupReport repair(CodedCluster c, Rpc rpc, Promises promises) {
    List<GroupReport> reports = new ArrayList<>();
    new EcRecovery(c.parts(c.peer(0), rpc, promises))
        .run(Optional.empty(), false, false, reports::add);
    return reports.getFirst();
  }

  @Test
  void whatAddsPromisedIsNotGivenAwayTwice() {
    try (CodedCluster c = new CodedCluster(8)) {
      CodedFile file = c.add(ONE_GROUP);
      Promises promises = new Promises(c.cluster.time, Promises.STANDARD_MEMORY);
      promises.add(c.peer(6).id(), ALL_THERE_IS);
      c.kill(c.peer(1));
      assertThat(repair(c, c.peer(0).rpc, promises).state()).isEqualTo("repaired");
      assertThat(c.holder(file, 0, 1)).isEqualTo(c.peer(7).id());
      assertThat(promises.of(c.peer(7).id())).isEqualTo(file.groups().getFirst().columnBytes(1));
    }
  }

  @Test
  void whatIsMendedInPlacePromisesNothing() {
    try (CodedCluster c = new CodedCluster(6)) {
      CodedFile file = c.add(ONE_GROUP);
      Promises promises = new Promises(c.cluster.time, Promises.STANDARD_MEMORY);
      c.peer(2)
          .store
          .lose(file.groups().getFirst().stripes().getFirst().cell(2).getFirst().rawCid());
      assertThat(repair(c, c.peer(0).rpc, promises).state()).isEqualTo("repaired");
      assertThat(promises.of(c.peer(2).id())).isZero();
    }
  }

  @Test
  void aTargetKeepsNoGuardAfterItsPin() {
    try (CodedCluster c = new CodedCluster(7)) {
      c.add(ONE_GROUP);
      c.kill(c.peer(1));
      Promises promises = new Promises(c.cluster.time, Promises.STANDARD_MEMORY);
      assertThat(repair(c, c.peer(0).rpc, promises).state()).isEqualTo("repaired");
      assertNoGuard(c);
    }
  }

  private static void assertNoGuard(CodedCluster c) {
    for (TestPeer peer : c.living()) {
      Eventually.until("peer " + peer.number, () -> peer.store.openGuards() == 0);
    }
  }

  @Test
  void whatARepairSentInVainGoesWithTheNextCollection() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      c.kill(c.peer(1));
      AtomicBoolean done = new AtomicBoolean();
      Rpc rpc =
          new HookedRpc(
              c.peer(0).rpc,
              (to, method) -> {
                if (method.equals(ErasureMethods.BLOCKS)
                    && to.equals(c.peer(2).id())
                    && done.compareAndSet(false, true)) {
                  c.peer(3).consensus.commit(List.of(new PinChange.Remove(file.root())));
                }
              });
      Promises promises = new Promises(c.cluster.time, Promises.STANDARD_MEMORY);
      assertThat(repair(c, rpc, promises).error()).contains("unpinned");
      assertNoGuard(c);
      c.peer(6).store.gc(_ -> {});
      assertThat(c.peer(6).store.stored())
          .containsExactlyInAnyOrderElementsOf(
              ManifestWriter.write(file.manifest()).stream()
                  .map(Block::cid)
                  .map(cid -> cid.hash())
                  .toList());
    }
  }
}
