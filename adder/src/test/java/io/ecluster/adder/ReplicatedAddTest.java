package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddCluster.Added;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerSettings;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.ipld.FileImporter;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adds that make copies. */
class ReplicatedAddTest {
  private static final byte[] BYTES = AddCluster.random(2_500_000, 31);
  private static final PinOptions EVERYWHERE = PinOptions.NONE.withReplication(-1, -1);

  private static AddRequest copies(int count) {
    return AddCluster.request(
        PinOptions.NONE.withName("film").withReplication(count, count), Optional.empty());
  }

  private static Set<Multihash> blocksOf(byte[] bytes) throws IOException {
    Set<Multihash> blocks = new HashSet<>();
    new FileImporter()
        .add(new ByteArrayInputStream(bytes), AddCluster.DAG, b -> blocks.add(b.cid().hash()));
    return blocks;
  }

  private static void assertHeldBy(AddCluster c, List<PeerId> holders) throws IOException {
    c.assertNoGuardIsLeft();
    c.collectGarbage();
    for (TestPeer peer : c.living()) {
      assertThat(peer.store.stored())
          .as("blocks of peer %d", peer.number)
          .isEqualTo(holders.contains(peer.id()) ? blocksOf(BYTES) : Set.of());
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {1, 2, 4})
  void soManyPeersGetACopyAsAreAskedFor(int count) throws IOException {
    try (AddCluster c = new AddCluster(4)) {
      Added added = AddCluster.add(c.adder(c.peer(3)), copies(count), BYTES);
      Pin pin = c.pin(added.root()).orElseThrow();
      assertThat(pin.type()).isEqualTo(PinType.DATA);
      assertThat(pin.options().name()).isEqualTo("film");
      assertThat(pin.options().replicationMax()).isEqualTo(count);
      assertThat(pin.allocations()).hasSize(count).doesNotHaveDuplicates();
      assertThat(added.last().allocations()).isEqualTo(pin.allocations());
      assertThat(added.last().receipt()).isEmpty();
      assertHeldBy(c, pin.allocations());
      assertThat(c.read(added.root())).isEqualTo(BYTES);
    }
  }

  @ParameterizedTest(name = "factor {0}")
  @ValueSource(ints = {-1, 0})
  void everywhereNamesNobody(int factor) throws IOException {
    try (AddCluster c = new AddCluster(4)) {
      Added added = AddCluster.add(c.adder(c.peer(0)), copies(factor), BYTES);
      Pin pin = c.pin(added.root()).orElseThrow();
      assertThat(pin.allocations()).isEmpty();
      assertThat(pin.options().everywhere()).isTrue();
      assertHeldBy(c, c.cluster.ids());
    }
  }

  /** The default is two here: blocks go to those two that the pin then names. */
  @Test
  void defaultFactorsAreThoseOfTheCluster() throws IOException {
    try (AddCluster c = new AddCluster(5, ReplicatedAddTest::withTwoCopies)) {
      Added added = AddCluster.add(c.adder(c.peer(4)), copies(0), BYTES);
      Pin pin = c.pin(added.root()).orElseThrow();
      assertThat(pin.allocations()).hasSize(2).isEqualTo(added.last().allocations());
      assertThat(pin.options().replicationMin()).isEqualTo(2);
      assertHeldBy(c, pin.allocations());
    }
  }

  private static PeerSettings withTwoCopies(PeerSettings s) {
    return new PeerSettings(
        s.peerName(),
        s.version(),
        2,
        2,
        s.allocateBy(),
        s.pinOnlyOnTrusted(),
        s.pinOnlyOnUntrusted(),
        s.followerMode(),
        s.disableRepinning(),
        s.stateSyncInterval(),
        s.pinRecoverInterval());
  }

  @Test
  void aPeerThatDoesNotAnswerGetsNoCopy() throws IOException {
    try (AddCluster c = new AddCluster(4)) {
      c.coded.kill(c.peer(0)); // it has most free space, and its metrics have not run out
      Added added = AddCluster.add(c.adder(c.peer(3)), copies(3), BYTES);
      Pin pin = c.pin(added.root()).orElseThrow();
      assertThat(pin.allocations())
          .containsExactlyInAnyOrder(c.peer(1).id(), c.peer(2).id(), c.peer(3).id());
      assertHeldBy(c, pin.allocations());
    }
  }

  @Test
  void tooFewPeersAreRefusedBeforeAnythingIsSent() {
    try (AddCluster c = new AddCluster(3)) {
      c.coded.kill(c.peer(0));
      assertThatThrownBy(() -> AddCluster.add(c.adder(c.peer(1)), copies(3), BYTES))
          .isInstanceOf(NotEnoughPeersException.class);
      c.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Sabotage.Failure.class)
  void oneCopyThatWasStoredIsEnoughAndTheOtherIsFetched(Sabotage.Failure failure)
      throws IOException {
    try (AddCluster c = new AddCluster(3)) {
      Sabotage sabotage = new Sabotage(c, c.peer(0).id(), failure, 1);
      Added added =
          AddCluster.add(
              c.adder(c.peer(0), sabotage),
              AddCluster.request(EVERYWHERE, Optional.empty()),
              List.of(UploadStream.entry("film.mp4", BYTES, 1_500_000, sabotage::strike)));
      assertThat(c.pin(added.root())).isPresent();
      c.living().forEach(peer -> Eventually.until("a pin", () -> isPinned(peer, added, sabotage)));
      if (failure == Sabotage.Failure.DOES_NOT_GIVE_ITS_WORD) {
        c.passTheLimitOfGuards();
      }
      assertHeldBy(c, c.living().stream().map(TestPeer::id).toList());
    }
  }

  @Test
  void aHolderThatHasNotPinnedYetKeepsItsBlocks() throws IOException {
    try (AddCluster c = new AddCluster(3)) {
      Cid root =
          new FileImporter().add(new ByteArrayInputStream(BYTES), AddCluster.DAG, _ -> {}).root();
      Sabotage slow = new Sabotage(c, c.peer(0).id(), Sabotage.Failure.DOES_NOT_GIVE_ITS_WORD, 2);
      c.peer(1).ipfs.shut(root);
      AddCluster.add(
          c.adder(c.peer(0), slow), AddCluster.request(EVERYWHERE, Optional.empty()), BYTES);
      c.living().forEach(peer -> peer.store.gc(_ -> {}));
      assertThat(c.peer(1).store.stored()).isEqualTo(blocksOf(BYTES));
      assertThat(c.peer(1).store.pinned()).isEmpty();
      c.peer(1).ipfs.open(root);
      c.passTheLimitOfGuards();
      assertHeldBy(c, c.cluster.ids());
    }
  }

  @Test
  void collectionsInBetweenDoNoHarm() throws IOException {
    try (AddCluster c = new AddCluster(3)) {
      Runnable collect = () -> c.living().forEach(peer -> peer.store.gc(_ -> {}));
      ClusterAdder adder = c.adder(c.peer(0), (_, _) -> collect.run());
      List<AddEntry> film = List.of(UploadStream.entry("film.mp4", BYTES, 2_000_000, collect::run));
      AddCluster.add(adder, AddCluster.request(EVERYWHERE, Optional.empty()), film);
      assertHeldBy(c, c.cluster.ids());
    }
  }

  @Test
  void aCodedRootIsNotPinnedAsDataToo() {
    try (AddCluster c = new AddCluster(6)) {
      Added coded = c.add(BYTES);
      assertThatThrownBy(() -> AddCluster.add(c.adder(c.peer(1)), copies(2), BYTES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("different tracking method");
      c.assertNoGuardIsLeft();
      c.assertJustTheCodingsAreThere();
      c.assertWhole(coded.root());
    }
  }

  private static boolean isPinned(TestPeer peer, Added added, Sabotage sabotage) {
    sabotage.heal();
    return peer.store.pinned().containsKey(added.root());
  }

  @Test
  void anAddThatNobodyTookIsNotPinned() {
    try (AddCluster c = new AddCluster(3)) {
      c.cluster.peers.forEach(peer -> peer.store.storageMax(1_500_000));
      assertThatThrownBy(() -> AddCluster.add(c.adder(c.peer(0)), copies(2), BYTES))
          .isInstanceOf(AddFailedException.class)
          .hasMessageContaining("all destinations")
          .hasMessageContaining("no space left");
      c.assertNothingIsLeft();
    }
  }

  @Test
  void aLocalAddSendsToItselfAndIsNamed() {
    try (AddCluster c = new AddCluster(4)) {
      AddRequest local =
          new AddRequest(
              AddCluster.DAG,
              PinOptions.NONE.withReplication(2, 2),
              false,
              true,
              true,
              false,
              Optional.empty());
      Added added = AddCluster.add(c.adder(c.peer(3)), local, BYTES);
      Pin pin = c.pin(added.root()).orElseThrow();
      assertThat(pin.allocations()).hasSize(2).contains(c.peer(3).id());
    }
  }

  @Test
  void whatIsNotToBePinnedGoesWithTheNextCollection() {
    try (AddCluster c = new AddCluster(2)) {
      AddRequest unpinned =
          new AddRequest(AddCluster.DAG, EVERYWHERE, false, false, false, false, Optional.empty());
      AddCluster.add(c.adder(c.peer(0)), unpinned, BYTES);
      assertThat(c.living()).noneMatch(peer -> peer.store.stored().isEmpty());
      c.assertNothingIsLeft();
    }
  }
}
