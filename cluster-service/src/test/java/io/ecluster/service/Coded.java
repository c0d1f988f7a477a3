package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/** What tests ask of erasure-coded files, all of them coded 4+2 and of one group. */
public final class Coded {
  public static final String QUERY = "erasure=true&data-shards=4&parity-shards=2";
  public static final int SHARDS = 6;
  public static final int MARGIN = 2;

  private Coded() {}

  public static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  public static String root(List<JsonObject> events) {
    return events.getLast().text("cid");
  }

  /** The one group of a root as it is now. */
  public static JsonObject group(PeerProcess peer, String root) {
    List<JsonObject> groups = PeerProcesses.recover(peer, "dry-run=true&cid=" + root);
    assertThat(groups).hasSize(1);
    return groups.getFirst();
  }

  /** Ids of the peers that hold the shards, by column. */
  public static Map<Long, String> holders(PeerProcess peer, String root) {
    Map<Long, String> holders = new TreeMap<>();
    for (Object shard : group(peer, root).list("shards")) {
      JsonObject object = JsonObject.of(shard);
      holders.put(object.number("column"), object.text("peer"));
    }
    return holders;
  }

  /** The peer that holds a column. */
  public static PeerProcess holder(PeerProcesses peers, Map<Long, String> holders, long column) {
    return peers.byId(Objects.requireNonNull(holders.get(column), () -> "no column " + column));
  }

  /** Each shard is on a peer of its own, all live, and as many may be lost as when it was added. */
  public static void assertWhole(PeerProcesses peers, PeerProcess asked, String root) {
    JsonObject group = group(asked, root);
    assertThat(group.text("state")).as("state of %s", group).isEqualTo("healthy");
    assertThat(group.number("margin")).isEqualTo(MARGIN);
    assertThat(holders(asked, root).values())
        .hasSize(SHARDS)
        .doesNotHaveDuplicates()
        .allMatch(id -> peers.byId(id).alive());
  }

  public static void assertReads(PeerProcess peer, String root, byte[] content) throws IOException {
    assertThat(PeerProcesses.read(peer, root))
        .as("read through %s", peer.name())
        .isEqualTo(content);
  }
}
