package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer of ours with the IPFS node inside it, and Go peers with Kubo. Nobody connects that node to
 * the Kubos but the peer itself.
 */
@NeedsKubo
@NeedsGoCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MixedEmbeddedTest {
  private static final int SIZE = 3_000_000;
  private static final String ALL = "replication-min=-1&replication-max=-1";

  private final MixedCluster cluster = new MixedCluster(2);
  private final GoMember go = cluster.go("go0", Map.of());
  private final GoMember other = cluster.go("go1", Map.of());
  private final OurMember ours = cluster.embedded("ours", Map.of());

  @BeforeAll
  void start() {
    cluster.start();
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  private Stream<MixedPeer> oneOfEachKind() {
    return Stream.of(go, ours);
  }

  private void awaitPinnedAt(String cid, MixedPeer... holders) {
    for (MixedPeer asked : cluster.peers()) {
      for (MixedPeer holder : holders) {
        PeerProcesses.await(
            asked.name() + " knows that " + holder.name() + " has it",
            () -> "pinned".equals(asked.status(cid).get(holder.id())));
      }
    }
  }

  private static void assertStored(GoMember member, String root, byte[] content) {
    assertThat(member.kubo().cli("cat", "--offline", root).out()).isEqualTo(content);
  }

  private static String only(MixedPeer holder) {
    return "replication-min=1&replication-max=1&user-allocations=" + holder.id();
  }

  /** Adds through a peer, to one holder alone. */
  private static String addTo(MixedPeer through, MixedPeer holder, byte[] content) {
    return PeerProcesses.add(through.api(), only(holder), content).getLast().text("cid");
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void whatOneKuboHasIsPinnedInside(MixedPeer through) throws IOException {
    byte[] content = Coded.bytes(through.name().hashCode(), SIZE);
    long before = ours.peer().storedBytes();
    String cid =
        other.kubo().cli(new ByteArrayInputStream(content), "add", "-Q", "--pin=false").text();
    through.pin(cid.strip(), ALL);
    awaitPinnedAt(cid.strip(), go, other, ours);
    assertThat(ours.peer().storedBytes() - before).isGreaterThan(SIZE);
    assertThat(PeerProcesses.read(ours.peer(), cid.strip())).isEqualTo(content);
    through.unpin(cid.strip());
    gone(cid.strip());
    collectedInside(before);
  }

  private void gone(String... cids) {
    for (MixedPeer peer : cluster.peers()) {
      PeerProcesses.await(
          peer.name() + " has let go", () -> Stream.of(cids).noneMatch(peer.pins()::containsKey));
    }
    for (String cid : cids) {
      for (GoMember member : List.of(go, other)) {
        PeerProcesses.await(
            "the Kubo of " + member.name() + " has no pin of " + cid,
            () -> member.kubo().cli("pin", "ls", "--type=recursive", cid).exit() != 0);
      }
    }
  }

  private void collectedInside(long before) {
    PeerProcesses.await(
        "what was pinned inside is collected",
        () -> {
          PeerProcesses.collectGarbage(ours.peer());
          return ours.peer().storedBytes() <= before;
        });
  }

  /** After all others: for two minutes a Go adder's blocks, and what came since, are kept. */
  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  @Order(Integer.MAX_VALUE)
  void whatIsInsideIsPinnedByKubos(MixedPeer through) {
    byte[] content = Coded.bytes(through.name().hashCode() + 1, SIZE);
    String root = addTo(through, ours, content);
    awaitPinnedAt(root, ours);
    assertThat(go.kubo().cli("block", "stat", "--offline", root).exit()).isNotZero();
    through.pin(root, ALL);
    awaitPinnedAt(root, go, other, ours);
    assertStored(go, root, content);
    assertStored(other, root, content);
    through.unpin(root);
    gone(root);
  }

  @Test
  void addsThroughItReachKubosAlone() throws IOException {
    byte[] content = Coded.bytes(3, SIZE);
    long before = ours.peer().storedBytes();
    String root = addTo(ours, other, content);
    awaitPinnedAt(root, other);
    assertStored(other, root, content);
    assertThat(ours.peer().storedBytes()).isEqualTo(before);
    assertThat(PeerProcesses.read(ours.peer(), root)).isEqualTo(content);
    ours.unpin(root);
    gone(root);
  }

  @Test
  void codedOverBothKinds() throws IOException {
    byte[] content = Coded.bytes(4, SIZE);
    long before = ours.peer().storedBytes();
    String query = "erasure=true&data-shards=2&parity-shards=1&name=coded";
    String root = Coded.root(PeerProcesses.add(ours.peer(), query, content));
    List<JsonObject> shards =
        Coded.group(ours.peer(), root).list("shards").stream().map(JsonObject::of).toList();
    assertThat(shards.stream().map(shard -> shard.text("peer")))
        .containsExactlyInAnyOrder(go.id(), other.id(), ours.id());
    shards.forEach(shard -> awaitPinnedAt(shard.text("cid"), cluster.byId(shard.text("peer"))));
    awaitPinnedAt(ours.pinOf(root).text("reference"), go, other, ours);
    assertThat(PeerProcesses.read(ours.peer(), root)).isEqualTo(content);
    assertThat(go.kubo().cli("cat", "--timeout=60s", root).out()).isEqualTo(content);

    readsWhileOneHangs(root, content);
    Set<String> cids = ours.pins().keySet();
    ours.unpin(root);
    gone(cids.toArray(String[]::new));
    collectedInside(before);
  }

  /** Its connections stay; it says nothing. */
  private void readsWhileOneHangs(String root, byte[] content) throws IOException {
    other.pause();
    other.kubo().pause();
    try {
      assertThat(PeerProcesses.read(ours.peer(), root)).isEqualTo(content);
    } finally {
      other.kubo().resume();
      other.resume();
    }
  }
}
