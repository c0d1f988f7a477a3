package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards in the stores of Kubo daemons: each keeps its column, no more, whatever is collected. */
@NeedsKubo
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShardsOnKuboTest {
  private static final int MIB = 1 << 20;

  @RegisterExtension static final KuboPeers CLUSTER = new KuboPeers(7);

  private final PeerProcesses peers = CLUSTER.peers();

  @Test
  @Order(1) // before anything is repaired
  void aFileTakesHalfAsMuchAgainAndStaysThroughGarbageCollection() throws IOException {
    byte[] file = Coded.bytes(1, 64 * MIB);
    long before = CLUSTER.storedBytes();
    String root = Coded.root(add("name=sixty-four", file));
    long stored = CLUSTER.storedBytes() - before;
    assertThat(stored).isBetween(file.length * 150L / 100, file.length * 152L / 100);
    List<Set<String>> columns = columnsOf(root);

    assertThat(CLUSTER.collectGarbage()).isZero();
    assertThat(columnsOf(root)).isEqualTo(columns);
    assertThat(CLUSTER.storedBytes() - before).isEqualTo(stored);
    Coded.assertReads(peers.get(5), root, file);
    Coded.assertWhole(peers, peers.get(4), root);
    unpin(root);
    assertThat(CLUSTER.collectGarbage()).isPositive();
    assertThat(CLUSTER.storedBytes()).isLessThanOrEqualTo(before + MIB);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raw-leaves=false",
        "raw-leaves=false&cid-version=1",
        "chunker=size-1000000",
        "hash=blake2b-256&cid-version=1",
        "layout=trickle&raw-leaves=false",
        "wrap-with-directory=true"
      })
  void whateverTheDagIsLikeTheColumnsStayAndTheFileIsRead(String options) throws Exception {
    byte[] file = Coded.bytes(options.hashCode(), 3 * MIB + 12_345);
    assertStaysAndIsRead(Coded.root(add("name=shaped&" + options, file)), file);
  }

  @Test
  void aCarMadeByKuboStaysAndIsReadToo() throws Exception {
    byte[] file = Coded.bytes(2, 3 * MIB + 12_345);
    KuboProcess kubo = CLUSTER.kubo(6);
    String root = kubo.cli(new ByteArrayInputStream(file), "add", "-Q", "--trickle").text().strip();
    byte[] car = kubo.cli("dag", "export", root).out();
    assertThat(Coded.root(add("name=car&format=car", car))).isEqualTo(root);
    kubo.run("pin", "rm", root);
    assertStaysAndIsRead(root, file);
  }

  private void assertStaysAndIsRead(String root, byte[] file) throws Exception {
    List<Set<String>> columns = columnsOf(root);
    CLUSTER.collectGarbage();
    assertThat(columnsOf(root)).isEqualTo(columns);
    for (PeerProcess lost : List.copyOf(holdersOf(root).subList(0, 2))) {
      CLUSTER.killPair(lost);
    }
    assertThat(readFile(peers.firstAlive(), root)).isEqualTo(file);
  }

  private static byte[] readFile(PeerProcess peer, String root) throws IOException {
    byte[] read = PeerProcesses.read(peer, root);
    return read.length % 512 == 0 && read.length > 3 * MIB + 12_345 ? Tars.onlyFile(read) : read;
  }

  private List<JsonObject> add(String query, byte[] content) {
    return PeerProcesses.add(peers.get(0), Coded.QUERY + "&" + query, content);
  }

  private List<PeerProcess> holdersOf(String root) {
    return Coded.holders(peers.firstAlive(), root).values().stream().map(peers::byId).toList();
  }

  private void unpin(String root) {
    Set<String> shards = new HashSet<>();
    for (Object shard : Coded.group(peers.get(0), root).list("shards")) {
      shards.add(JsonObject.of(shard).text("cid"));
    }
    peers.get(0).api().call("DELETE", "/pins/" + root);
    PeerProcesses.await(
        "the shard pins are gone", () -> Collections.disjoint(shardPins().keySet(), shards));
    PeerProcesses.await(
        "no Kubo has a pin of them",
        () -> CLUSTER.kubos().stream().allMatch(kubo -> Collections.disjoint(pins(kubo), shards)));
  }

  /** The first holder of each shard that the pinset names. */
  private Map<String, String> shardPins() {
    Map<String, String> holders = new HashMap<>();
    peers.firstAlive().api().stream(
        "GET",
        "/allocations?filter=shard-pin",
        pin -> holders.put(pin.text("cid"), pin.texts("allocations").getFirst()));
    return holders;
  }

  private static Set<String> pins(KuboProcess kubo) {
    return kubo.run("pin", "ls", "--type=recursive", "-q").lines().collect(Collectors.toSet());
  }

  /**
   * The blocks below each shard node, all of which its holder has; each is pinned by Kubo where its
   * pin says, and what hangs below is its column: no block of another.
   */
  private List<Set<String>> columnsOf(String root) {
    Map<String, String> holderOfShard = shardPins();
    List<Set<String>> columns = new ArrayList<>();
    for (Object shard : Coded.group(peers.get(0), root).list("shards")) {
      JsonObject column = JsonObject.of(shard);
      String node = column.text("cid");
      assertThat(holderOfShard).containsEntry(node, column.text("peer"));
      KuboProcess kubo = CLUSTER.kubo(peers.byId(column.text("peer")));
      assertThat(pins(kubo)).contains(node);
      columns.add(blocksBelow(kubo, node));
    }
    assertThat(columns.stream().flatMap(Set::stream).filter(ref -> isIn(columns, ref) > 3))
        .as("only group nodes are in several columns")
        .isEmpty();
    return columns;
  }

  private static long isIn(List<Set<String>> columns, String ref) {
    return columns.stream().filter(column -> column.contains(ref)).count();
  }

  private static Set<String> blocksBelow(KuboProcess kubo, String node) {
    Set<String> blocks = new HashSet<>();
    kubo.run("refs", "--recursive", "--unique", "--offline", node)
        .lines()
        .forEach(block -> {
          kubo.run("block", "stat", "--offline", block);
          blocks.add(block);
        });
    return blocks;
  }
}
