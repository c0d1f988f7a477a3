package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.ApiException;
import io.ecluster.client.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adds that end badly, or twice, leave nothing behind. What a dead peer left is swept after a few
 * seconds here. The last peer has little room, and a failure domain of its own, so that each group
 * has a shard there as long as it seems to have room for one.
 */
class BrokenAddsTest {
  private static final int MIB = 1 << 20;
  private static final int SMALL = 6;
  private static final long SMALL_BYTES = 16 * MIB;

  @RegisterExtension
  static final SharedPeers CLUSTER =
      new SharedPeers(
          7,
          Map.of("CLUSTER_ERASURE_SWEEPGRACE", "4s", "CLUSTER_ERASURE_SWEEPINTERVAL", "1s"),
          Map.of(
              SMALL,
              Map.of(
                  "CLUSTER_EMBEDDED_STORAGEMAXBYTES",
                  String.valueOf(SMALL_BYTES),
                  "CLUSTER_TAGS_TAGS",
                  "group:small",
                  // so that the others hear only at its start how much room it has
                  "CLUSTER_DISK_METRICTTL",
                  "1h")));

  @TempDir Path folder;

  private final PeerProcesses peers = CLUSTER.peers();

  @Test
  void whatADeadPeerWasAddingIsSweptAndWhatItHadAddedStays() throws Exception {
    byte[] half = Coded.bytes(1, 24 * MIB);
    byte[] whole = Coded.bytes(2, 4 * MIB);
    PeerProcess adding = peers.get(1);
    PeerProcess other = peers.get(2);
    PeerProcesses.collectGarbage(other);
    Map<String, Long> before = peers.storedBytes();
    String root;
    String query = Coded.QUERY + "&shard-size=" + 2 * MIB + "&name=half";
    try (HeldAdd add = HeldAdd.start(adding, query, half, 15 * MIB)) {
      PeerProcesses.await(
          "the first group is pinned",
          () -> PeerProcesses.pinNames(other, "half").size() >= Coded.SHARDS);
      root = Coded.root(PeerProcesses.add(adding, Coded.QUERY + "&name=whole", whole));
      assertThat(add.ended()).isFalse();
      adding.kill();
    }
    Coded.assertReads(other, root, whole);
    PeerProcesses.await("the sweep", () -> PeerProcesses.pinNames(other, "half").isEmpty());
    assertThat(PeerProcesses.pinNames(other, "whole")).hasSize(Coded.SHARDS + 2);
    restartAll(); // those who wait with collecting for a word of the dead peer do so for minutes
    PeerProcesses.await(
        "garbage collection leaves what was added whole",
        () -> {
          PeerProcesses.collectGarbage(other);
          return growth(before) < 1.6 * whole.length;
        });
    assertThat(growth(before)).isGreaterThan(whole.length * 3L / 2);
    Coded.assertWhole(peers, other, root);
    Coded.assertReads(adding, root, whole);
  }

  private void restartAll() throws Exception {
    for (PeerProcess peer : peers.all()) {
      peer.kill();
    }
    peers.startDead();
  }

  private long growth(Map<String, Long> before) {
    return sum(peers.storedBytes()) - sum(before);
  }

  private static long sum(Map<String, Long> stored) {
    return stored.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void addingTheSameTwiceKeepsOneCoding() throws Exception {
    byte[] file = Coded.bytes(3, 4 * MIB);
    PeerProcess peer = peers.get(0);
    String root = Coded.root(PeerProcesses.add(peer, Coded.QUERY + "&name=twice", file));
    Map<Long, String> holders = Coded.holders(peer, root);
    Map<String, Long> stored = peers.storedBytes();
    assertThat(Coded.root(PeerProcesses.add(peers.get(2), Coded.QUERY + "&name=twice", file)))
        .isEqualTo(root);
    awaitOneCoding("twice");
    assertThat(Coded.holders(peers.get(2), root)).isEqualTo(holders);
    awaitCollected(stored);
    Coded.assertReads(peers.get(3), root, file);
  }

  @Test
  void twoPeersThatAddTheSameAtOnceKeepOneCoding() throws Exception {
    byte[] file = Coded.bytes(4, 4 * MIB);
    PeerProcesses.collectGarbage(peers.get(0));
    Map<String, Long> before = peers.storedBytes();
    String query = Coded.QUERY + "&name=at-once";
    String root;
    try (HeldAdd one = HeldAdd.start(peers.get(0), query, file, 3 * MIB);
        HeldAdd two = HeldAdd.start(peers.get(1), query, file, 3 * MIB)) {
      one.letGo();
      root = Coded.root(two.finish());
      assertThat(Coded.root(one.finish())).isEqualTo(root);
    }
    awaitOneCoding("at-once");
    Coded.assertReads(peers.get(2), root, file);
    PeerProcesses.await(
        "one coding is stored",
        () -> {
          PeerProcesses.collectGarbage(peers.get(0));
          return growth(before) < 1.6 * file.length;
        });
    Coded.assertWhole(peers, peers.get(3), root);
    Coded.assertReads(peers.get(4), root, file);
  }

  private void awaitOneCoding(String name) {
    PeerProcesses.await(
        "every peer knows of one coding",
        () ->
            peers.all().stream()
                .allMatch(peer -> PeerProcesses.pinNames(peer, name).size() == Coded.SHARDS + 2));
  }

  private void awaitCollected(Map<String, Long> expected) {
    PeerProcesses.await(
        "garbage collection leaves only what was there before",
        () -> {
          PeerProcesses.collectGarbage(peers.get(0));
          return peers.storedBytes().equals(expected);
        });
  }

  @Test
  void peerThatRunsFullInTheMiddleIsReplacedOrTheAddSaysWhy() throws Exception {
    fillSmall();
    byte[] file = Coded.bytes(6, 39 * MIB);
    String query = Coded.QUERY + "&shard-size=" + 10 * MIB;
    List<JsonObject> events = PeerProcesses.add(peers.get(0), query + "&name=full", file);
    String root = Coded.root(events);
    assertThat(peers.get(0).log()).contains("the store has reached its limit of " + SMALL_BYTES);
    assertThat(Coded.holders(peers.get(0), root).values()).doesNotContain(peers.get(SMALL).id());
    Coded.assertWhole(peers, peers.get(0), root);
    Coded.assertReads(peers.get(3), root, file);

    peers.get(5).kill(); // now there is no spare peer
    PeerProcesses.collectGarbage(peers.get(0));
    Map<String, Long> before = peers.storedBytes();
    byte[] another = Coded.bytes(7, 39 * MIB);
    assertThatThrownBy(() -> PeerProcesses.add(peers.get(0), query + "&name=none-left", another))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("6 shards needs 6 live peers and there are 5")
        .hasMessageContaining("the store has reached its limit of " + SMALL_BYTES);
    assertThat(PeerProcesses.pinNames(peers.get(0), "none-left")).isEmpty();
    awaitCollected(before);
  }

  /** Uses up most of the room that the others believe the small peer to have. */
  private void fillSmall() throws Exception {
    byte[] filler = Coded.bytes(5, 7 * MIB);
    String query = "replication-min=1&replication-max=1&user-allocations=" + peers.get(SMALL).id();
    PeerProcesses.add(peers.get(SMALL), query + "&name=filler", filler);
    assertThat(peers.get(SMALL).storedBytes()).isGreaterThan(7 * MIB);
  }

  @Test
  void tooFewPeersAreCountedInTheAnswer() throws Exception {
    peers.get(4).kill();
    peers.get(5).kill();
    Path file = Files.write(folder.resolve("file"), Coded.bytes(8, MIB));
    CtlProcess.Result result =
        CtlProcess.run(peers.get(0), folder, "add", "--erasure", file.toString());
    assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
    assertThat(result.out() + result.err())
        .contains("a group of 6 shards needs 6 live peers and there are 5");
    assertThat(PeerProcesses.pinNames(peers.get(0), "file")).isEmpty();
  }
}
