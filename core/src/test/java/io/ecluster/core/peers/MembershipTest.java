package io.ecluster.core.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.monitor.ManualClock;
import io.ecluster.libp2p.ConnectionListener;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MembershipTest {
  @TempDir private Path folder;
  private final FakeNetwork network = new FakeNetwork();
  private final ManualClock clock = new ManualClock();
  private final List<ClusterNode> nodes = new ArrayList<>();

  @AfterEach
  void stopNodes() {
    nodes.forEach(ClusterNode::close);
    network.close();
  }

  private ClusterNode node(int seed) {
    ClusterNode node = ClusterNode.in(network, seed, folder, clock);
    nodes.add(node);
    return node;
  }

  /** A cluster in which each joins a peer that came before it. */
  private void startCluster(int size, Random random) {
    node(1).start();
    for (int seed = 2; seed <= size; seed++) {
      ClusterNode bootstrap = nodes.get(random.nextInt(nodes.size()));
      node(seed).start(bootstrap);
    }
  }

  private void requireFullMesh() {
    Eventually.until(
        () -> "all know all: " + nodes.stream().map(n -> n.membership.members().size()).toList(),
        () -> {
          clock.advance(Duration.ofMillis(1)); // for those who have to ask again
          return nodes.stream().allMatch(n -> n.isConnectedTo(nodes) && n.hasMembers(nodes));
        });
  }

  @Test
  void aPeerIsAMemberOfItsOwnCluster() {
    ClusterNode alone = node(1).start();
    assertThat(alone.membership.members()).containsExactly(alone.id());
    assertThat(alone.membership.isJoined()).isTrue();
  }

  @Test
  void whoeverJoinsOneKnowsAll() {
    long seed = 4711;
    startCluster(8, new Random(seed));
    requireFullMesh();
  }

  @Test
  void manyThatJoinAtOnceKnowAll() {
    node(1).start();
    for (int seed = 2; seed <= 10; seed++) {
      node(seed);
    }
    nodes.subList(1, 10).forEach(n -> n.start(nodes.getFirst()));
    requireFullMesh();
  }

  @Test
  void byTheDhtAloneWhoeverJoinsOneIsConnectedToAll() {
    ClusterNode hub = node(1).secretive().start();
    for (int seed = 2; seed <= 12; seed++) {
      node(seed).secretive().start(hub);
    }
    requireFullMesh();
  }

  @Test
  void aPeerThatWasSeenIsFoundAndTellsOfAllOthers() {
    startCluster(4, new Random(4));
    requireFullMesh();
    ClusterNode newcomer = node(9).start();
    ClusterNode seen = nodes.get(2);
    newcomer.membership.seen(seen.id(), seen.host.addresses());
    requireFullMesh();
  }

  @Test
  void whatIsSeenAndDoesNotLeadToAPeerChangesNothing() {
    ClusterNode alone = node(1).start();
    for (int seed = 100; seed < 400; seed++) {
      Multiaddr nowhere = Multiaddr.parse("/ip4/127.0.0.1/tcp/" + seed);
      alone.membership.seen(FakeNetwork.identity(seed).id(), Collections.nCopies(50, nowhere));
    }
    clock.advance(Duration.ofSeconds(5));
    assertThat(alone.membership.members()).containsExactly(alone.id());
    alone.membership.close();
    assertThat(folder.resolve("peerstore-1")).isEmptyFile();
    assertThat(alone.host.knownAddresses(FakeNetwork.identity(399).id())).isEmpty();
  }

  @Test
  void addressesThatAreSeenLeaveRoomForBetterOnes() {
    ClusterNode alone = node(1).start();
    PeerId peer = FakeNetwork.identity(100).id();
    for (int port = 1; port <= 100; port++) {
      alone.membership.seen(peer, List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port)));
    }
    assertThat(alone.host.knownAddresses(peer)).hasSize(8);
  }

  @Test
  void aPeerThatIsNotUpYetIsWaitedFor() {
    ClusterNode late = node(1);
    ClusterNode early = node(2);
    network.partition(early.host, late.host);
    early.start(late);
    late.start();
    network.healAll();
    Eventually.until(
        "it joins",
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return early.membership.isJoined();
        });
  }

  @Test
  void anotherBootstrapPeerWillDo() {
    ClusterNode dead = node(1);
    ClusterNode living = node(2).start();
    network.partition(dead.host, living.host);
    ClusterNode joiner = node(3);
    network.partition(dead.host, joiner.host);
    joiner.start(dead, living);
    Eventually.until("it joins", () -> joiner.membership.isJoined());
    assertThat(joiner.host.isConnected(living.id())).isTrue();
  }

  @Test
  void connectionsThatBreakAreMadeAgain() {
    startCluster(5, new Random(5));
    requireFullMesh();
    ClusterNode lonely = nodes.get(2);
    nodes.forEach(other -> lonely.host.disconnect(other.id()));
    requireFullMesh();
  }

  /** As one does that has enough connections. */
  @Test
  void aPeerThatTakesAndDropsUsIsNotDialledInALoop() {
    MemoryHost dropping = network.host(50);
    AtomicInteger connections = new AtomicInteger();
    dropping.addListener(
        new ConnectionListener() {
          @Override
          public void identified(PeerId peer) {
            connections.incrementAndGet();
            dropping.disconnect(peer);
          }

          @Override
          public void disconnected(PeerId peer) {}
        });
    node(1).start().membership.seen(dropping.id(), dropping.addresses());
    Instant end = clock.instant().plusSeconds(120);
    Eventually.until(
        "two minutes pass",
        () -> {
          clock.advance(Duration.ofMillis(100));
          return clock.instant().isAfter(end);
        });
    // What Go grants an address: sixteen at once, and one in five seconds.
    assertThat(connections.get()).isBetween(3, 16 + 120 / 5);
  }

  @Test
  void aPartitionHeals() {
    startCluster(6, new Random(6));
    requireFullMesh();
    List<ClusterNode> left = nodes.subList(0, 3);
    List<ClusterNode> right = nodes.subList(3, 6);
    left.forEach(a -> right.forEach(b -> network.partition(a.host, b.host)));
    clock.advance(Duration.ofSeconds(31));
    assertThat(left.getFirst().hasMembers(nodes)).isFalse();
    network.healAll();
    Eventually.until(
        "the sides find each other",
        () -> {
          clock.advance(Duration.ofSeconds(1));
          return nodes.stream().allMatch(n -> n.isConnectedTo(nodes));
        });
  }

  @Test
  void peersAreFoundAgainAfterARestart() throws IOException {
    startCluster(3, new Random(3));
    requireFullMesh();
    ClusterNode restarted = nodes.remove(2);
    restarted.close();
    assertThat(Files.readAllLines(folder.resolve("peerstore-3"))).hasSize(2);
    node(3).start();
    requireFullMesh();
  }

  @Test
  void aJoinByHandTellsWhatWentWrong() {
    ClusterNode node = node(1).start();
    Multiaddr nowhere =
        Multiaddr.parse("/ip4/127.0.0.1/tcp/1").withPeerId(FakeNetwork.identity(99).id());
    assertThatThrownBy(() -> node.membership.join(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot reach");
    assertThatThrownBy(() -> node.membership.join(Multiaddr.parse("/ip4/127.0.0.1/tcp/1")))
        .hasMessageContaining("no /p2p/ID at the end");
  }

  @Test
  void aPeerJustJoinedCountsAsMember() throws IOException {
    ClusterNode mute = node(1);
    ClusterNode joiner = node(2).start();
    joiner.membership.join(mute.host.addresses().getFirst());
    assertThat(joiner.membership.members()).contains(mute.id());
    clock.advance(Duration.ofSeconds(30));
    assertThat(joiner.membership.members()).doesNotContain(mute.id());
  }

  @Test
  void aDeadPeerIsFoundOutByAProbe() {
    startCluster(3, new Random(1));
    requireFullMesh();
    ClusterNode dead = nodes.removeLast();
    ClusterNode asking = nodes.getFirst();
    assertThat(asking.liveness.alive(dead.id())).isTrue();
    dead.close();
    Eventually.until("it is gone", () -> !asking.host.isConnected(dead.id()));
    clock.advance(Liveness.ANSWER_LIFE);
    assertThat(asking.liveness.alive(dead.id())).isFalse();
    assertThat(asking.membership.members()).doesNotContain(dead.id());
    assertThat(asking.liveness.alive(asking.id())).isTrue();
  }

  @Test
  void aFrozenPeerIsNotAliveButStaysAMemberForNow() {
    startCluster(2, new Random(1));
    requireFullMesh();
    ClusterNode frozen = nodes.get(1);
    network.freeze(frozen.host);
    assertThat(nodes.getFirst().liveness.alive(frozen.id())).isFalse();
    assertThat(nodes.getFirst().membership.members()).contains(frozen.id());
    network.thaw(frozen.host);
    assertThat(nodes.getFirst().liveness.alive(frozen.id())).isFalse();
    clock.advance(Liveness.ANSWER_LIFE);
    assertThat(nodes.getFirst().liveness.alive(frozen.id())).isTrue();
  }
}
