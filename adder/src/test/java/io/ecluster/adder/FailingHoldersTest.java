package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddCluster.Added;
import io.ecluster.adder.Sabotage.Failure;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.pin.PinType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holders that fail in the middle of a coded add. */
class FailingHoldersTest {
  private static final int TWO_GROUPS = 1_500_000;

  /** In the third stripe of the first group. */
  private static final int IN_THE_MIDDLE = 700_000;

  private static final int HOLDERS = AddCluster.DATA + AddCluster.PARITY;
  private static final byte[] BYTES = AddCluster.random(TWO_GROUPS, 11);

  private static Added add(AddCluster c, Sabotage sabotage) {
    return AddCluster.add(
        c.adder(c.peer(0), sabotage),
        AddCluster.coded(AddCluster.CODE),
        List.of(UploadStream.entry("film.mp4", BYTES, IN_THE_MIDDLE, sabotage::strike)));
  }

  private static Stream<Arguments> oneOrAllThatMay() {
    return Stream.of(Failure.values())
        .flatMap(f -> Stream.of(Arguments.of(1, f), Arguments.of(AddCluster.PARITY, f)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("oneOrAllThatMay")
  void aSpareTakesOverBeforeSuccessIsTold(int count, Failure failure) {
    try (AddCluster c = new AddCluster(HOLDERS + count)) {
      Sabotage sabotage = new Sabotage(c, c.peer(0).id(), failure, count);
      Added added = add(c, sabotage);
      c.assertWhole(added.root());
      assertThat(sabotage.victims()).hasSize(count);
      assertThat(c.pins(PinType.SHARD))
          .allSatisfy(pin ->
              assertThat(sabotage.victims().stream().map(TestPeer::id))
                  .doesNotContainAnyElementsOf(pin.allocations()));
      assertThat(added.receipt().margin()).isEqualTo(AddCluster.PARITY);
      assertThat(c.read(added.root())).isEqualTo(BYTES);
      sabotage.heal();
      c.assertNoGuardIsLeft();
      c.assertJustTheCodingsAreThere();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Failure.class)
  void moreFailuresThanParityFailTheAdd(Failure failure) {
    int count = AddCluster.PARITY + 1;
    try (AddCluster c = new AddCluster(HOLDERS + count)) {
      Sabotage sabotage = new Sabotage(c, c.peer(0).id(), failure, count);
      assertThatThrownBy(() -> add(c, sabotage))
          .isInstanceOf(AddFailedException.class)
          .hasMessageContaining("group 0")
          .hasMessageContaining("no more than 2 may");
      sabotage.heal();
      c.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Failure.class)
  void withoutASpareTheAddSaysHowManyPeersItNeeds(Failure failure) {
    try (AddCluster c = new AddCluster(HOLDERS)) {
      Sabotage sabotage = new Sabotage(c, c.peer(0).id(), failure, 1);
      assertThatThrownBy(() -> add(c, sabotage))
          .isInstanceOf(NotEnoughPeersException.class)
          .hasMessageContaining("needs 6 live peers and there are 5");
      sabotage.heal();
      c.assertNothingIsLeft();
    }
  }

  @Test
  void theErrorSaysWhyAHolderFailed() {
    try (AddCluster c = new AddCluster(HOLDERS)) {
      Sabotage sabotage = new Sabotage(c, c.peer(0).id(), Failure.DISK_IS_FULL, 1);
      assertThatThrownBy(() -> add(c, sabotage)).hasMessageContaining("no space left");
    }
  }

  @Test
  void aPeerWhoseDiskIsFullHoldsNothingAfterwards() {
    try (AddCluster c = new AddCluster(HOLDERS + 1)) {
      c.peer(3).store.storageMax(1000);
      Added added = c.add(BYTES);
      c.assertWhole(added.root());
      assertThat(c.pins(PinType.SHARD))
          .noneMatch(pin -> pin.allocations().contains(c.peer(3).id()));
      c.assertNoGuardIsLeft();
      c.peer(3).store.gc(_ -> {});
      assertThat(c.peer(3).ipfs.repoStat().repoSize()).isLessThanOrEqualTo(1000);
    }
  }

  /** The adder's own node may fail like any other. */
  @Test
  void theAddingPeerItselfMayHaveNoRoom() {
    try (AddCluster c = new AddCluster(HOLDERS + 1)) {
      c.peer(0).store.storageMax(1);
      Added added = c.add(BYTES);
      c.assertWhole(added.root());
      assertThat(c.coded.read(c.peer(4), added.root())).isEqualTo(BYTES);
    }
  }

  /** Whenever a peer is called or pins change, garbage is collected: guards keep what is coming. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("oneOrAllThatMay")
  void collectionsInBetweenDoNoHarm(int count, Failure failure) {
    try (AddCluster c = new AddCluster(HOLDERS + count)) {
      Sabotage sabotage = new Sabotage(c, c.peer(0).id(), failure, count);
      ClusterAdder adder =
          c.adder(
              c.peer(0),
              new HookedConsensus(c.peer(0).consensus, _ -> collect(c, sabotage)),
              (to, method) -> {
                collect(c, sabotage);
                sabotage.accept(to, method);
              });
      List<AddEntry> film =
          List.of(UploadStream.entry("film.mp4", BYTES, IN_THE_MIDDLE, sabotage::strike));
      Added added = AddCluster.add(adder, AddCluster.coded(AddCluster.CODE), film);
      c.assertWhole(added.root());
      sabotage.heal();
      c.assertNoGuardIsLeft();
      c.assertJustTheCodingsAreThere();
    }
  }

  private static void collect(AddCluster c, Sabotage sabotage) {
    c.living().stream()
        .filter(peer -> !sabotage.victims().contains(peer))
        .forEach(peer -> peer.store.gc(_ -> {}));
  }

  /** At the last moment news stops to reach some peers: min(p+1, live) must have it. */
  @ParameterizedTest(name = "{0} of {1} peers know")
  @CsvSource({
    "1, 8, false",
    "2, 8, false",
    "3, 8, true",
    "8, 8, true",
    "1, 2, false",
    "2, 2, true"
  })
  void successIsToldWhenSoManyPeersKnowAsMayBeLostAndOneMore(
      int knowing, int peers, boolean success) {
    try (AddCluster c = new AddCluster(peers)) {
      List<TestPeer> deaf = c.cluster.peers.subList(knowing, peers);
      ClusterAdder adder =
          c.impatientAdder(
              HookedConsensus.beforeRoot(
                  c.peer(0).consensus, () -> deaf.forEach(peer -> peer.consensus.cut(true))));
      AddRequest request = AddCluster.coded(new AddRequest.Coding(4, 2, AddCluster.SHARD, true));
      if (success) {
        assertThat(c.pin(AddCluster.add(adder, request, BYTES).root())).isPresent();
      } else {
        assertThatThrownBy(() -> AddCluster.add(adder, request, BYTES))
            .isInstanceOf(AddFailedException.class)
            .hasMessageContaining(knowing + " peers learned of the pin")
            .hasMessageContaining(Math.min(3, peers) + " must");
      }
      deaf.forEach(peer -> peer.consensus.cut(false));
      if (success) {
        c.assertJustTheCodingsAreThere();
      } else {
        c.assertNothingIsLeft();
      }
    }
  }
}
