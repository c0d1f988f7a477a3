package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.ApiException;
import io.ecluster.client.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole story over real processes: spread, lose, read, repair, lose again, read again. */
class ClusterStoryTest {
  private static final String ROOT = "QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ";
  private static final String CODED = "erasure=true&data-shards=4&parity-shards=2&name=numbers";

  @TempDir Path folder;

  @Test
  void fileSurvivesLossesAndIsRepaired() throws Exception {
    byte[] numbers = numbers();
    try (PeerProcesses peers = new PeerProcesses(folder)) {
      peers.start(8);
      strangerIsRefused(peers);
      List<JsonObject> events = PeerProcesses.add(peers.get(0), CODED, numbers);
      assertThat(events.getLast().text("cid")).isEqualTo(ROOT);
      assertThat(events.getLast().object("erasure").number("margin")).isEqualTo(2);
      assertThat(holders(peers.get(3))).hasSize(6);

      peers.get(0).kill(); // the ingesting peer, to which all others bootstrapped
      String lost = holders(peers.get(1)).stream().filter(id -> alive(peers, id)).findFirst().get();
      peers.byId(lost).kill();
      peers.firstAlive().api().call("POST", "/ipfs/gc");
      assertThat(PeerProcesses.read(peers.firstAlive(), ROOT)).isEqualTo(numbers);

      List<JsonObject> repaired = PeerProcesses.recover(peers.firstAlive(), false);
      assertThat(repaired).hasSize(1);
      assertThat(repaired.getFirst().number("margin_after")).isEqualTo(2);
      assertThat(holders(peers.firstAlive())).hasSize(6).allMatch(id -> alive(peers, id));

      killHolders(peers, 2);
      assertThat(PeerProcesses.read(peers.firstAlive(), ROOT)).isEqualTo(numbers);

      killHolders(peers, 1);
      assertThatThrownBy(() -> PeerProcesses.read(peers.firstAlive(), ROOT))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("group 0")
          .hasMessageContaining("missing shards");
    }
  }

  @Test
  void peerThatWasAwayCatchesUp() throws Exception {
    try (PeerProcesses peers = new PeerProcesses(folder)) {
      peers.start(3);
      peers.get(2).kill();
      for (int i = 0; i < 100; i++) {
        PeerProcesses.add(
            peers.get(1), "name=pin" + i, ("content " + i).getBytes(StandardCharsets.UTF_8));
      }
      peers.get(2).start("--bootstrap", peers.get(1).clusterAddress());
      PeerProcesses.await("the returned peer has 100 pins", () -> pins(peers.get(2)) == 100);
      PeerProcesses.await("and holds them all", () -> pinned(peers.get(2)) == 100);
    }
  }

  private static void strangerIsRefused(PeerProcesses peers) throws Exception {
    try (PeerProcess stranger = peers.make("stranger", "ab".repeat(32))) {
      stranger.init();
      stranger.start("--bootstrap", peers.get(0).clusterAddress());
      PeerProcesses.await(
          "a clear line about the wrong secret", () -> log(peers.get(0)).contains("secret"));
      assertThat(PeerProcesses.list(peers.get(0), "/monitor/metrics/ping")).hasSize(8);
    }
  }

  private static String log(PeerProcess peer) {
    try {
      return peer.log();
    } catch (java.io.IOException e) {
      return "";
    }
  }

  private static long pins(PeerProcess peer) {
    return count(peer, "/allocations");
  }

  private static long pinned(PeerProcess peer) {
    return count(peer, "/pins?local=true&filter=pinned");
  }

  private static long count(PeerProcess peer, String path) {
    long[] count = {0};
    peer.api().stream("GET", path, _ -> count[0]++);
    return count[0];
  }

  private static void killHolders(PeerProcesses peers, int count) throws Exception {
    List<String> living =
        holders(peers.firstAlive()).stream().filter(id -> alive(peers, id)).limit(count).toList();
    for (String id : living) {
      peers.byId(id).kill();
    }
  }

  private static boolean alive(PeerProcesses peers, String id) {
    return peers.byId(id).alive();
  }

  private static Set<String> holders(PeerProcess peer) {
    return PeerProcesses.recover(peer, true).stream()
        .flatMap(group -> group.list("shards").stream())
        .map(shard -> JsonObject.of(shard).text("peer"))
        .collect(Collectors.toSet());
  }

  private static byte[] numbers() {
    return IntStream.rangeClosed(1, 250_000)
        .mapToObj(i -> i + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII);
  }
}
