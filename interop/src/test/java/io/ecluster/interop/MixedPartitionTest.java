package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A network that falls apart, a peer of each kind on each side. Both sides go on, and become one
 * again.
 */
@NeedsKubo
@NeedsGoCluster
@NeedsNamespaces
class MixedPartitionTest {
  private static final String EVERYWHERE = "replication-min=-1&replication-max=-1&name=";
  private static final String CODED_QUERY = "erasure=true&data-shards=2&parity-shards=1";
  private static final byte[] FILE = Coded.bytes(7, 3_000_000);

  @Test
  void bothSidesGoOnAndBecomeOneAgain() throws IOException {
    try (Islands islands = Islands.make()) {
      Place here = islands.place(0);
      Place there = islands.place(1);
      try (MixedCluster cluster = new MixedCluster(List.of(here, here, there, there))) {
        Map<String, String> none = Map.of();
        Side one = new Side(cluster.go("go0", none), cluster.ours("ours0", none));
        Side two = new Side(cluster.go("go1", none), cluster.ours("ours1", none));
        cluster.start();
        try {
          new Story(islands, cluster, one, two).tell();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
        }
      }
    }
  }

  /** Peers that reach each other all the time. */
  private record Side(GoMember go, OurMember ours) {
    List<MixedPeer> peers() {
      return List.of(go, ours);
    }

    Set<String> ids() {
      return peers().stream().map(MixedPeer::id).collect(Collectors.toSet());
    }

    String add(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return go.kubo().cli(new ByteArrayInputStream(bytes), "add", "-Q").text().strip();
    }

    boolean sees(String cid, String name) {
      return peers().stream()
          .allMatch(
              peer -> peer.pins().containsKey(cid) && peer.pinOf(cid).text("name").equals(name));
    }

    boolean hasPinned(String cid) {
      return peers().stream()
          .allMatch(
              asked -> ids().stream().allMatch(id -> "pinned".equals(asked.status(cid).get(id))));
    }
  }

  private record Story(Islands islands, MixedCluster cluster, Side one, Side two) {
    void tell() throws IOException {
      String contested = one.add("pinned under two names");
      String removed = one.add("unpinned on one side, pinned anew on the other");
      String dropped = one.add("unpinned on one side");
      for (String cid : List.of(contested, removed, dropped)) {
        one.ours().pin(cid, EVERYWHERE + "before");
        awaitPinnedByAll(cid);
      }
      String coded =
          Coded.root(PeerProcesses.add(one.ours().peer(), CODED_QUERY + "&name=coded", FILE));
      PeerProcesses.await(
          "both sides know the file",
          () -> two.peers().stream().allMatch(peer -> peer.pins().containsKey(coded)));

      islands.cut();
      part();
      one.go().pin(contested, EVERYWHERE + "one");
      two.ours().pin(contested, EVERYWHERE + "two");
      one.ours().unpin(removed);
      two.go().pin(removed, EVERYWHERE + "anew");
      two.go().unpin(dropped);
      String ofOne = one.add("pinned on one side");
      one.ours().pin(ofOne, EVERYWHERE + "one");
      String ofTwo = two.add("pinned on the other");
      two.go().pin(ofTwo, EVERYWHERE + "two");
      eachSideHasItsOwn(contested, removed, dropped, ofOne, ofTwo);
      oneSideReads(coded);

      islands.heal();
      cluster.awaitAllSeeAll();
      awaitSamePins();
      assertThat(one.go().pins()).containsKeys(contested, removed, ofOne, ofTwo, coded);
      assertThat(one.go().pins()).doesNotContainKey(dropped);
      assertThat(one.go().pinOf(removed).text("name")).isEqualTo("anew");
      cluster.connectKubos();
      two.go().one("POST", "/pins/" + removed + "/recover"); // Go unpins what another has removed
      List.of(contested, removed, ofOne, ofTwo).forEach(this::awaitPinnedByAll);
      Set<String> ids = cluster.peers().stream().map(MixedPeer::id).collect(Collectors.toSet());
      for (MixedPeer peer : cluster.peers()) {
        PeerProcesses.await(
            peer.name() + " draws all links", () -> MixedCluster.drawsAllLinks(peer, ids));
      }
      for (Side side : List.of(one, two)) {
        assertThat(PeerProcesses.read(side.ours().peer(), coded)).isEqualTo(FILE);
      }
      for (MixedPeer peer : cluster.peers()) {
        peer.pin(contested, EVERYWHERE + "after-by-" + peer.name());
        awaitSamePins();
        assertThat(one.go().pinOf(contested).text("name")).isEqualTo("after-by-" + peer.name());
      }
    }

    /** Until no connection is left over that could still carry what is held back. */
    private void part() {
      for (Side side : List.of(one, two)) {
        MixedCluster.awaitMembers(side.peers(), side.peers());
        for (MixedPeer peer : side.peers()) {
          PeerProcesses.await(
              peer.name() + " is linked to its side only",
              () -> MixedCluster.drawsAllLinks(peer, side.ids()));
        }
      }
    }

    private void eachSideHasItsOwn(
        String contested, String removed, String dropped, String ofOne, String ofTwo) {
      PeerProcesses.await(
          "one side has its pins",
          () ->
              one.sees(contested, "one") && one.sees(ofOne, "one") && one.sees(dropped, "before"));
      PeerProcesses.await(
          "the other has its own",
          () -> two.sees(contested, "two") && two.sees(ofTwo, "two") && two.sees(removed, "anew"));
      for (MixedPeer peer : one.peers()) {
        assertThat(peer.pins()).doesNotContainKeys(removed, ofTwo);
      }
      for (MixedPeer peer : two.peers()) {
        assertThat(peer.pins()).doesNotContainKeys(dropped, ofOne);
      }
      PeerProcesses.await("pinned on one side", () -> one.hasPinned(ofOne));
      PeerProcesses.await("pinned on the other", () -> two.hasPinned(ofTwo));
    }

    /** Two of three columns are on one of them; the other says that it lacks some. */
    private void oneSideReads(String coded) throws IOException {
      Map<Long, String> holders = Coded.holders(one.ours().peer(), coded);
      long columns = holders.values().stream().filter(one.ids()::contains).count();
      Side reads = columns >= 2 ? one : two;
      Side lacks = columns >= 2 ? two : one;
      assertThat(PeerProcesses.read(reads.ours().peer(), coded)).isEqualTo(FILE);
      assertThatThrownBy(
              () -> assertThat(PeerProcesses.read(lacks.ours().peer(), coded)).isEqualTo(FILE))
          .isNotNull();
    }

    private void awaitPinnedByAll(String cid) {
      List<String> states = new ArrayList<>();
      List<String> pinned = Collections.nCopies(cluster.peers().size(), "pinned");
      try {
        PeerProcesses.await(
            "all have pinned " + cid,
            () -> {
              states.clear();
              states.addAll(one.go().status(cid).values());
              return states.equals(pinned);
            });
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + ": " + one.go().one("GET", "/pins/" + cid), e);
      }
    }

    private void awaitSamePins() {
      PeerProcesses.await(
          "all have the same pins",
          () -> cluster.peers().stream().map(MixedPeer::pins).distinct().count() == 1);
    }
  }
}
