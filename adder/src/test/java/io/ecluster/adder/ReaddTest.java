package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddCluster.Added;
import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.FileImporter;
import io.ecluster.multiformats.Cid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roots that are there already, or that others add at the same time, or share blocks with. */
class ReaddTest {
  private static final byte[] BYTES = AddCluster.random(1_500_000, 21);
  private static final AddRequest SAME = AddCluster.coded(AddCluster.CODE);
  private static final AddRequest OTHER =
      AddCluster.coded(new AddRequest.Coding(2, 1, AddCluster.SHARD, false));

  @Test
  void addedAgainInTheSameWayTheOldCodingStays() {
    try (AddCluster c = new AddCluster(8)) {
      Added first = c.add(BYTES);
      List<Pin> before = allPins(c);
      Added again = AddCluster.add(c.adder(c.peer(5)), SAME, BYTES);
      assertThat(again.root()).isEqualTo(first.root());
      assertThat(allPins(c)).containsExactlyInAnyOrderElementsOf(before);
      assertSound(c, first.root());
    }
  }

  private static List<Pin> allPins(AddCluster c) {
    List<Pin> all = new ArrayList<>();
    for (PinType type : PinType.values()) {
      all.addAll(c.pins(type));
    }
    return all;
  }

  private static void assertSound(AddCluster c, Cid root) {
    c.assertNoGuardIsLeft();
    c.assertJustTheCodingsAreThere();
    assertThat(c.pins(PinType.META)).hasSize(1);
    c.assertWhole(root);
    assertThat(c.read(root)).isEqualTo(BYTES);
  }

  @Test
  void addedAgainAfterLossesTheNewCodingTakesOver() {
    try (AddCluster c = new AddCluster(10)) {
      Added first = c.add(BYTES);
      Cid manifest = c.pin(first.root()).orElseThrow().reference().orElseThrow();
      c.coded.kill(c.of(c.holder(c.manifest(first.root()), 0, 0)));
      Added again = AddCluster.add(c.adder(c.living().getFirst()), SAME, BYTES);
      assertThat(again.root()).isEqualTo(first.root());
      assertThat(c.pin(manifest)).isEmpty();
      assertSound(c, first.root());
    }
  }

  @Test
  void addedInAnotherWayTheRootIsSwitchedInOneWrite() {
    try (AddCluster c = new AddCluster(8)) {
      Added first = c.add(BYTES);
      int deltas = c.cluster.pinset.deltas().size();
      AddCluster.add(c.adder(c.peer(4)), OTHER, BYTES);
      List<List<PinChange>> later =
          c.cluster.pinset.deltas().stream()
              .skip(deltas)
              .filter(delta -> delta.stream().anyMatch(change -> isOf(change, first.root())))
              .toList();
      assertThat(later).hasSize(1);
      assertThat(later.getFirst()).hasSize(2).allMatch(PinChange.Put.class::isInstance);
      assertThat(c.pin(first.root()).orElseThrow().options().dataShards()).isEqualTo(2);
      assertSound(c, first.root());
    }
  }

  private static boolean isOf(PinChange change, Cid cid) {
    return switch (change) {
      case PinChange.Put(Pin pin) -> pin.cid().equals(cid);
      case PinChange.Remove(Cid removed) -> removed.equals(cid);
    };
  }

  @Test
  void aFailedAddOfARootThatIsThereLeavesItAsItWas() {
    try (AddCluster c = new AddCluster(8)) {
      Added first = c.add(BYTES);
      List<Pin> before = allPins(c);
      assertThatThrownBy(() ->
              AddCluster.add(
                  c.impatientAdder(
                      HookedConsensus.beforeRoot(
                          c.peer(0).consensus,
                          () ->
                              c.living().stream()
                                  .skip(1)
                                  .forEach(peer -> peer.consensus.cut(true)))),
                  OTHER,
                  BYTES))
          .isInstanceOf(AddFailedException.class);
      c.living().forEach(peer -> peer.consensus.cut(false));
      assertThat(allPins(c)).containsExactlyInAnyOrderElementsOf(before);
      assertSound(c, first.root());
    }
  }

  @Test
  void aRootPinnedAsDataIsRefused() throws IOException {
    try (AddCluster c = new AddCluster(7)) {
      List<Block> blocks = new ArrayList<>();
      Cid root =
          new FileImporter()
              .add(new ByteArrayInputStream(BYTES), AddCluster.DAG, blocks::add)
              .root();
      c.cluster.peers.forEach(peer -> peer.store.put(blocks));
      Pin plain = c.peer(3).cluster.pin(Pin.of(root, PinOptions.NONE.withReplication(-1, -1)));
      assertThatThrownBy(() -> c.add(BYTES))
          .isInstanceOf(AddFailedException.class)
          .hasMessageContaining(root.toString())
          .hasMessageContaining("already pinned without erasure coding")
          .hasMessageContaining("pin rm");
      assertThat(allPins(c)).containsExactly(plain);
      c.assertNoGuardIsLeft();
      c.collectGarbage();
      assertThat(c.living()).allMatch(peer -> peer.store.stored().size() == blocks.size());
    }
  }

  // Others at the same time.

  @RepeatedTest(6)
  void twoPeersThatAddAtOnceLeaveOneCoding() throws Exception {
    try (AddCluster c = new AddCluster(8)) {
      CyclicBarrier start = new CyclicBarrier(2);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Added> one = threads.submit(() -> together(c, 1, SAME, start));
        Future<Added> other = threads.submit(() -> together(c, 6, OTHER, start));
        assertThat(one.get().root()).isEqualTo(other.get().root());
        assertSound(c, one.get().root());
      }
    }
  }

  private static Added together(AddCluster c, int peer, AddRequest request, CyclicBarrier start)
      throws Exception {
    var _ = start.await();
    return AddCluster.add(c.adder(c.peer(peer)), request, BYTES);
  }

  @RepeatedTest(3)
  void onePeerThatAddsTwiceAtOnceLeavesOneCoding() throws Exception {
    try (AddCluster c = new AddCluster(8)) {
      CyclicBarrier start = new CyclicBarrier(2);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Added> one = threads.submit(() -> together(c, 1, SAME, start));
        Future<Added> other = threads.submit(() -> together(c, 1, SAME, start));
        assertThat(one.get().root()).isEqualTo(other.get().root());
        assertSound(c, one.get().root());
      }
    }
  }

  /** The narrowest moment: another add begins and ends while this one commits its root. */
  @ParameterizedTest(name = "by peer {0}, in the same way: {1}")
  @CsvSource({"6, false", "6, true", "0, false", "0, true"})
  void anAddWithinAnothersCommitIsReplaced(int peer, boolean same) {
    try (AddCluster c = new AddCluster(8)) {
      AtomicReference<ClusterAdder> rival = new AtomicReference<>(c.adder(c.peer(6)));
      ClusterAdder adder =
          c.adder(
              c.peer(0),
              HookedConsensus.beforeRoot(
                  c.peer(0).consensus,
                  () ->
                      AddCluster.add(
                          Objects.requireNonNull(rival.get()), same ? SAME : OTHER, BYTES)));
      if (peer == 0) {
        rival.set(adder);
      }
      Cid root = AddCluster.add(adder, SAME, BYTES).root();
      assertThat(c.pin(root).orElseThrow().options().dataShards()).isEqualTo(4);
      assertSound(c, root);
    }
  }

  /** Acts once, when peers are first asked whether they know the root's pin. */
  private static ClusterAdder interrupted(AddCluster c, Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return c.adder(
        c.peer(0),
        (_, method) -> {
          if (method.equals(ErasureMethods.AWAIT_PINNED)
              && !c.pins(PinType.META).isEmpty()
              && done.compareAndSet(false, true)) {
            action.run();
          }
        });
  }

  @ParameterizedTest(name = "in the same way: {0}")
  @ValueSource(booleans = {false, true})
  void anAddAfterAnothersCommitSeesIt(boolean same) {
    try (AddCluster c = new AddCluster(8)) {
      ClusterAdder adder =
          interrupted(c, () -> AddCluster.add(c.adder(c.peer(5)), same ? SAME : OTHER, BYTES));
      Cid root = AddCluster.add(adder, SAME, BYTES).root();
      assertThat(c.pin(root).orElseThrow().options().dataShards()).isEqualTo(same ? 4 : 2);
      assertSound(c, root);
    }
  }

  @Test
  void aRootUnpinnedBeforeItsAddEndsIsNotToldAsAdded() throws IOException {
    try (AddCluster c = new AddCluster(8)) {
      ClusterAdder adder =
          interrupted(c, () -> c.peer(3).cluster.unpin(c.pins(PinType.META).getFirst().cid()));
      assertThatThrownBy(() -> AddCluster.add(adder, SAME, BYTES))
          .isInstanceOf(AddFailedException.class)
          .hasMessageContaining("was unpinned");
      c.assertNothingIsLeft();
    }
  }

  // What shares blocks.

  @ParameterizedTest(name = "folder {0} is removed")
  @ValueSource(ints = {0, 1})
  void ofTwoFoldersThatShareFilesOneStaysWhole(int removed) {
    try (AddCluster c = new AddCluster(8)) {
      List<Added> folders =
          List.of(
              AddCluster.add(c.adder(c.peer(0)), SAME, folder("a", 1, 2, 3, 4, 5)),
              AddCluster.add(c.adder(c.peer(7)), SAME, folder("a", 2, 3, 4, 5, 6)));
      assertThat(c.pins(PinType.META)).hasSize(2);
      c.assertJustTheCodingsAreThere();
      Pin gone = c.peer(4).cluster.unpin(folders.get(removed).root());
      assertThat(gone.type()).isEqualTo(PinType.META);
      c.assertJustTheCodingsAreThere();
      Added left = folders.get(1 - removed);
      assertThat(c.pins(PinType.META)).extracting(Pin::cid).containsExactly(left.root());
      c.assertWhole(left.root());
    }
  }

  private static List<AddEntry> folder(String name, int... seeds) {
    List<AddEntry> entries = new ArrayList<>();
    entries.add(new AddEntry.Directory(name));
    for (int seed : seeds) {
      entries.add(AddCluster.file(name + "/" + seed, AddCluster.random(200_000, seed)));
    }
    return entries;
  }
}
