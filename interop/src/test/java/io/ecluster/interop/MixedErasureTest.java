package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One peer of ours codes files 4+2 over eight Go peers, which know nothing of it. */
@NeedsKubo
@NeedsGoCluster
class MixedErasureTest {
  private static final int GO_PEERS = 8;
  private static final byte[] FILE = Coded.bytes(4, 12_345_678);

  /** The pins of a peer that has gone are given to others. */
  private static final Map<String, String> REPINNING =
      Map.of("CLUSTER_DISABLEREPINNING", "false", "CLUSTER_PUBSUBMON_CHECKINTERVAL", "1s");

  private static final Map<String, String> SWEEPING =
      Map.of(
          "CLUSTER_DISABLEREPINNING", "false",
          "CLUSTER_PUBSUBMON_CHECKINTERVAL", "1s",
          "CLUSTER_ERASURE_SWEEPGRACE", "4s",
          "CLUSTER_ERASURE_SWEEPINTERVAL", "1s");

  @Test
  void shardsLiveOnGoPeers() throws IOException {
    try (MixedCluster cluster = new MixedCluster(GO_PEERS + 1)) {
      List<GoMember> gos = new ArrayList<>();
      for (int i = 0; i < GO_PEERS; i++) {
        gos.add(cluster.go("go" + i, REPINNING));
      }
      OurMember ours = cluster.ours("ours", SWEEPING);
      cluster.start();
      try {
        new Story(cluster, gos, ours).tell();
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + cluster.logs(), e);
      }
    }
  }

  /** What becomes of one file. */
  private record Story(MixedCluster cluster, List<GoMember> gos, OurMember ours) {
    void tell() throws IOException {
      String root = Coded.root(PeerProcesses.add(ours.peer(), Coded.QUERY + "&name=coded", FILE));
      Map<Long, String> before = Coded.holders(ours.peer(), root);
      assertThat(before.values()).hasSize(Coded.SHARDS).doesNotHaveDuplicates();
      assertThat(before.values().stream().map(cluster::byId).filter(MixedPeer::isOurs).count())
          .as("shards that Go peers do not hold")
          .isLessThanOrEqualTo(1);
      shardsArePinned(root);
      garbageCollectionTakesNothing(root);
      assertThat(PeerProcesses.read(ours.peer(), root)).isEqualTo(FILE);

      List<GoMember> lost =
          gos.stream().filter(go -> before.containsValue(go.id())).limit(Coded.MARGIN).toList();
      List<String> plain = plainPinsAt(lost);
      Map<String, List<String>> placed = placedShards();
      Set<MixedPeer> living = new HashSet<>(cluster.peers());
      living.removeAll(lost);
      for (GoMember go : lost) {
        go.kill();
        go.kubo().kill();
      }
      assertThat(PeerProcesses.read(ours.peer(), root)).isEqualTo(FILE);
      MixedCluster.awaitMembers(List.copyOf(living), List.copyOf(living));
      // Not all: a Go peer never again looks at pins that the second one to die was to move.
      PeerProcesses.await(
          "a plain pin is moved",
          () ->
              plain.stream()
                  .anyMatch(cid -> isAnyOf(living, ours.pinOf(cid).texts("allocations"))));
      assertThat(placedShards()).isEqualTo(placed);
      plain.forEach(ours::unpin);
      repairs(root, living);
      manifestIsKept(root, living);
      goPeersShowThePins(root, living);
      goPeersLogNoError(living);
      aGoPeerUnpins(root, living);
    }

    private List<JsonObject> shards(String root) {
      return Coded.group(ours.peer(), root).list("shards").stream().map(JsonObject::of).toList();
    }

    private void shardsArePinned(String root) {
      for (JsonObject shard : shards(root)) {
        String cid = shard.text("cid");
        MixedPeer holder = cluster.byId(shard.text("peer"));
        holder.kubo().run("pin", "ls", "--type=recursive", cid);
        for (MixedPeer asked : List.of(gos.getFirst(), ours)) {
          PeerProcesses.await(
              asked.name() + " says that it is pinned",
              () -> "pinned".equals(asked.status(cid).get(holder.id())));
        }
      }
    }

    private void garbageCollectionTakesNothing(String root) {
      for (JsonObject shard : shards(root)) {
        KuboProcess kubo = cluster.byId(shard.text("peer")).kubo();
        List<String> refs = refs(kubo, shard.text("cid"));
        kubo.run("repo", "gc", "-q");
        assertThat(refs(kubo, shard.text("cid"))).isEqualTo(refs).isNotEmpty();
      }
    }

    /** All blocks below, each of which has to be there. */
    private static List<String> refs(KuboProcess kubo, String cid) {
      return kubo.run("refs", "--recursive", "--unique", "--offline", cid)
          .lines()
          .sorted()
          .toList();
    }

    /** One pin at each of the peers, by which one sees that pins are moved. */
    private List<String> plainPinsAt(List<GoMember> holders) {
      List<String> cids = new ArrayList<>();
      for (GoMember holder : holders) {
        byte[] text = holder.id().getBytes(StandardCharsets.UTF_8);
        String cid = ours.kubo().cli(new ByteArrayInputStream(text), "add", "-Q").text().strip();
        ours.pin(cid, "replication-min=1&replication-max=1&user-allocations=" + holder.id());
        PeerProcesses.await(
            "it is there", () -> "pinned".equals(ours.status(cid).get(holder.id())));
        cids.add(cid);
      }
      return cids;
    }

    private Map<String, List<String>> placedShards() {
      Map<String, List<String>> placed = new TreeMap<>();
      ours.all("GET", "/allocations?filter=shard-pin")
          .forEach(pin -> placed.put(pin.text("cid"), pin.texts("allocations")));
      return placed;
    }

    private static boolean isAnyOf(Set<MixedPeer> peers, List<String> ids) {
      return peers.stream().anyMatch(peer -> ids.contains(peer.id()));
    }

    private void repairs(String root, Set<MixedPeer> living) throws IOException {
      PeerProcesses.await(
          "the group is whole again",
          () -> {
            PeerProcesses.recover(ours.peer(), "cid=" + root);
            return Coded.group(ours.peer(), root).text("state").equals("healthy");
          });
      assertThat(Coded.holders(ours.peer(), root).values())
          .doesNotHaveDuplicates()
          .allMatch(id -> living.contains(cluster.byId(id)));
      shardsArePinnedAt(root);
      assertThat(PeerProcesses.read(ours.peer(), root)).isEqualTo(FILE);
    }

    private void shardsArePinnedAt(String root) {
      for (JsonObject shard : shards(root)) {
        cluster
            .byId(shard.text("peer"))
            .kubo()
            .run("pin", "ls", "--type=recursive", shard.text("cid"));
      }
    }

    /** Also by a Go peer that has lost it. */
    private void manifestIsKept(String root, Set<MixedPeer> living) throws IOException {
      String manifest = ours.pinOf(root).text("reference");
      living.forEach(peer -> peer.kubo().run("pin", "ls", "--type=recursive", manifest));
      MixedPeer robbed = gos.stream().filter(living::contains).findFirst().orElseThrow();
      robbed.kubo().run("pin", "rm", manifest);
      robbed.kubo().run("block", "rm", manifest);
      PeerProcesses.recover(ours.peer(), "cid=" + root);
      assertThat(robbed.status(manifest))
          .containsEntry(robbed.id(), "pinned")
          .hasSizeGreaterThanOrEqualTo(living.size());
      for (MixedPeer peer : living) {
        peer.kubo().run("pin", "ls", "--type=recursive", manifest);
        peer.kubo().run("block", "stat", "--offline", manifest);
      }
      assertThat(ours.log().lines().filter(line -> line.contains("the manifest of"))).isEmpty();
    }

    private void goPeersShowThePins(String root, Set<MixedPeer> living) {
      for (MixedPeer go : living) {
        PeerProcesses.await(go.name() + " has the same pins", () -> go.pins().equals(ours.pins()));
        assertThat(go.pins().values().stream().map(pin -> pin.text("type")))
            .contains("meta-pin", "clusterdag-pin", "shard-pin");
        assertThat(Set.copyOf(go.status(root).values())).containsOnly("sharded");
      }
      GoMember go = gos.stream().filter(living::contains).findFirst().orElseThrow();
      go.stop();
      assertThat(go.exported()).isEqualTo(ours.pins());
      go.start();
      MixedCluster.awaitMembers(List.copyOf(living), List.copyOf(living));
    }

    private void goPeersLogNoError(Set<MixedPeer> living) {
      for (MixedPeer peer : living) {
        assertThat(peer.log().lines().filter(MixedErasureTest::tellsOfAnError))
            .as("log of %s", peer.name())
            .isEmpty();
      }
    }

    private void aGoPeerUnpins(String root, Set<MixedPeer> living) {
      Set<String> cids = ours.pins().keySet();
      living.stream().filter(peer -> !peer.isOurs()).findFirst().orElseThrow().unpin(root);
      for (MixedPeer peer : living) {
        PeerProcesses.await(peer.name() + " has no pin left", () -> peer.pins().isEmpty());
        PeerProcesses.await(
            "the Kubo of " + peer.name() + " has none",
            () ->
                peer.kubo()
                    .run("pin", "ls", "--type=recursive", "-q")
                    .lines()
                    .noneMatch(cids::contains));
      }
    }
  }

  /** Announcing blocks to a DHT that holds nobody fails in every such network, coded or not. */
  private static boolean tellsOfAnError(String line) {
    boolean announcing = line.contains("reproviding failed") || line.contains("provider");
    return (line.contains("ERROR") && !announcing) || line.contains("panic");
  }
}
