package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is pinned through a peer of one kind, all peers of both kinds know and do. */
@NeedsKubo
@NeedsGoCluster
class MixedPinsTest {
  @RegisterExtension
  static final MixedPeers CLUSTER = new MixedPeers(2, 2, List.of("40GB", "10GB", "20GB", "80GB"));

  /** Those with the most free space first. */
  private static List<String> emptiestFirst() {
    return Stream.of(CLUSTER.ours(1), CLUSTER.go(0), CLUSTER.ours(0), CLUSTER.go(1))
        .map(MixedPeer::id)
        .toList();
  }

  static Stream<MixedPeer> oneOfEachKind() {
    return Stream.of(CLUSTER.go(1), CLUSTER.ours(1));
  }

  /** New content, on the Kubo of the first Go peer alone. */
  private static String content(String what) {
    byte[] text = (what + Instant.now()).getBytes(StandardCharsets.UTF_8);
    return CLUSTER
        .go(0)
        .kubo()
        .cli(new ByteArrayInputStream(text), "add", "-Q", "--pin=false", "--cid-version=1")
        .text()
        .strip();
  }

  private static void awaitEverywhere(String cid, String status) {
    for (MixedPeer peer : CLUSTER.all()) {
      PeerProcesses.await(
          peer.name() + " says that all say " + status + " of " + cid,
          () -> {
            NavigableMap<String, String> states = peer.status(cid);
            return states.size() == CLUSTER.all().size()
                && states.values().stream().allMatch(status::equals);
          });
    }
  }

  private static JsonObject awaitSame(MixedPeer peer, String cid) {
    JsonObject pin = peer.pinOf(cid);
    for (MixedPeer one : CLUSTER.all()) {
      PeerProcesses.await(one.name() + " has " + pin, () -> one.pinOf(cid).equals(pin));
    }
    return pin;
  }

  private static void awaitGone(String cid) {
    for (MixedPeer peer : CLUSTER.all()) {
      PeerProcesses.await(
          peer.name() + " has let go of " + cid, () -> !peer.pins().containsKey(cid));
      PeerProcesses.await(
          "the Kubo of " + peer.name() + " has no pin of " + cid,
          () -> peer.kubo().cli("pin", "ls", "--type=recursive", cid).exit() != 0);
    }
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void everywhereAndGone(MixedPeer peer) {
    String cid = content("everywhere");
    peer.pin(cid, "replication-min=-1&replication-max=-1&name=every%20where");
    awaitEverywhere(cid, "pinned");
    assertThat(awaitSame(peer, cid).text("name")).isEqualTo("every where");
    CLUSTER.all().forEach(one -> one.kubo().run("pin", "ls", "--type=recursive", cid));
    peer.unpin(cid);
    awaitGone(cid);
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void allOptionsReachAll(MixedPeer peer) {
    String cid = content("options");
    Multiaddr origin = CLUSTER.go(0).kubo().swarmAddress();
    peer.pin(
        cid,
        "replication-min=2&replication-max=3&name=full&meta-b=2&meta-a=%C3%A4&shard-size=1000&origins="
            + origin
            + "&expire-at="
            + Instant.now().plus(Duration.ofHours(1)));
    JsonObject pin = awaitSame(peer, cid);
    assertThat(pin.object("metadata").text("a")).isEqualTo("ä");
    assertThat(pin.texts("origins")).containsExactly(origin.toString());
    assertThat(pin.texts("allocations")).hasSize(3);
    Map<String, String> expected = new TreeMap<>();
    CLUSTER
        .all()
        .forEach(one ->
            expected.put(
                one.id(), pin.texts("allocations").contains(one.id()) ? "pinned" : "remote"));
    for (MixedPeer one : CLUSTER.all()) {
      PeerProcesses.await(
          one.name() + " says " + expected + ", not " + one.status(cid),
          () -> one.status(cid).equals(expected));
    }
  }

  /** In one order, whoever allocates, and however many are wanted. */
  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void replicasGoToWhereTheMostSpaceIsFree(MixedPeer peer) {
    for (int factor = 1; factor <= CLUSTER.all().size(); factor++) {
      String cid = content("replicas");
      peer.pin(cid, "replication-min=%d&replication-max=%d".formatted(factor, factor));
      List<String> holders = awaitSame(peer, cid).texts("allocations");
      assertThat(holders).as("of %d", factor).isEqualTo(emptiestFirst().subList(0, factor));
      PeerProcesses.await(
          "they have it",
          () -> holders.stream().allMatch(id -> "pinned".equals(peer.status(cid).get(id))));
    }
  }

  /** Blocks that are added go where the pin says. */
  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void addsGoThereToo(MixedPeer peer) {
    byte[] file = ("added through " + peer.name() + Instant.now()).getBytes(StandardCharsets.UTF_8);
    String query = "replication-min=2&replication-max=2";
    String cid = PeerProcesses.add(peer.api(), query, file).getLast().text("cid");
    assertThat(awaitSame(peer, cid).texts("allocations")).isEqualTo(emptiestFirst().subList(0, 2));
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void theUsersWishIsFollowed(MixedPeer peer) {
    for (MixedPeer wished : List.of(CLUSTER.go(0), CLUSTER.ours(0))) {
      String cid = content("wish");
      peer.pin(cid, "replication-min=1&replication-max=1&user-allocations=" + wished.id());
      assertThat(awaitSame(peer, cid).texts("allocations")).containsExactly(wished.id());
      PeerProcesses.await(
          "it is there",
          () ->
              "pinned".equals(CLUSTER.go(1).status(cid).get(wished.id()))
                  && "pinned".equals(CLUSTER.ours(1).status(cid).get(wished.id())));
    }
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void updateAndDirectMode(MixedPeer peer) {
    String old = content("old");
    String fresh = content("fresh");
    peer.pin(old, "replication-min=-1&replication-max=-1&name=first&meta-k=v");
    awaitEverywhere(old, "pinned");
    peer.pin(fresh, "pin-update=" + old + "&name=second");
    awaitEverywhere(fresh, "pinned");
    JsonObject pin = awaitSame(peer, fresh);
    assertThat(pin.text("pin_update")).isEqualTo(old);
    assertThat(pin.text("name")).isEqualTo("second");

    String direct = content("direct");
    peer.one("POST", "/pins/ipfs/" + direct + "?mode=direct&replication-min=-1&replication-max=-1");
    assertThat(awaitSame(peer, direct).number("max_depth")).isZero();
    CLUSTER
        .all()
        .forEach(one ->
            PeerProcesses.await(
                "pinned directly by " + one.name(),
                () -> one.kubo().cli("pin", "ls", "--type=direct", direct).exit() == 0));
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void whatKuboLostIsRecovered(MixedPeer peer) {
    String cid = content("lost");
    peer.pin(cid, "replication-min=-1&replication-max=-1");
    awaitEverywhere(cid, "pinned");
    CLUSTER.all().forEach(one -> one.kubo().run("pin", "rm", cid));
    awaitEverywhere(cid, "unexpectedly_unpinned");
    peer.one("POST", "/pins/" + cid + "/recover");
    awaitEverywhere(cid, "pinned");
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void anExpiredPinGoes(MixedPeer peer) {
    String cid = content("expires");
    peer.pin(
        cid, "replication-min=-1&replication-max=-1&expire-at=" + Instant.now().plusSeconds(4));
    awaitSame(peer, cid);
    awaitGone(cid);
  }
}
