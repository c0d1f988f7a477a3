package io.ecluster.core.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.monitor.ManualClock;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.mdns.Mdns;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that find each other over real connections, in real time. */
@Timeout(60)
class MembershipOverTcpTest {
  @TempDir private Path folder;
  private final List<ClusterNode> nodes = new ArrayList<>();

  @AfterEach
  void stopNodes() {
    nodes.forEach(ClusterNode::close);
  }

  private ClusterNode start(int seed, ClusterNode... bootstraps) throws IOException {
    Identity identity = FakeNetwork.identity(seed);
    Libp2pHost host =
        Libp2pHost.create(
            HostConfig.of(identity).withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    ClusterNode node = new ClusterNode(host, identity, seed, folder, InstantSource.system());
    nodes.add(node);
    host.start();
    return node.start(bootstraps);
  }

  @Test
  void whoeverJoinsOneKnowsAllAndADeadOneIsFoundOut() throws IOException {
    ClusterNode first = start(1);
    ClusterNode second = start(2, first);
    start(3, second);
    start(4, first);
    Eventually.until(
        "all know all",
        () -> nodes.stream().allMatch(n -> n.isConnectedTo(nodes) && n.hasMembers(nodes)));
    ClusterNode dead = nodes.removeLast();
    assertThat(first.liveness.alive(dead.id())).isTrue();
    dead.close();
    Eventually.until("it is not alive", () -> !first.liveness.alive(dead.id()));
    Eventually.until("it is no member", () -> first.hasMembers(nodes));
  }

  @Test
  void peersThatWereToldOfNobodyFindEachOtherByMdns() throws IOException {
    Assumptions.assumeTrue(Mdns.isAvailable(), "no network interface here can multicast");
    String service = "_ecluster-" + Long.toString(System.nanoTime(), 36) + "._udp.local";
    List<Mdns> all = new ArrayList<>();
    try {
      for (int seed = 1; seed <= 4; seed++) {
        ClusterNode node = start(seed);
        all.add(
            Mdns.start(
                service,
                node.id(),
                node.host::addresses,
                node.membership::seen,
                InstantSource.system(),
                new Random(seed)));
      }
      Eventually.until(
          "all know all",
          () -> nodes.stream().allMatch(n -> n.isConnectedTo(nodes) && n.hasMembers(nodes)));
    } finally {
      all.forEach(Mdns::close);
    }
  }

  @Test
  void aPeerThatIsBackAnswersAtOnceHoweverOftenItWasDialledInVain() throws IOException {
    ClusterNode asking = start(1);
    ManualClock clock = new ManualClock();
    Liveness liveness = new Liveness(asking.host, asking.monitor, Duration.ofSeconds(5), clock);
    Libp2pHost before = host(2, "/ip4/127.0.0.1/tcp/0");
    Multiaddr address = before.addresses().getFirst();
    asking.host.remember(before.id(), List.of(address));
    assertThat(liveness.alive(before.id())).isTrue();
    before.close();
    Eventually.until("parting", () -> !asking.host.isConnected(before.id()));
    for (int i = 0; i < 5; i++) {
      clock.advance(Liveness.ANSWER_LIFE);
      assertThat(liveness.alive(before.id())).isFalse();
    }
    try (Libp2pHost back = host(2, address.toString().replaceFirst("/p2p/.*", ""))) {
      clock.advance(Liveness.ANSWER_LIFE);
      assertThat(liveness.alive(back.id())).isTrue();
    }
  }

  private static Libp2pHost host(int seed, String listen) throws IOException {
    Libp2pHost host =
        Libp2pHost.create(
            HostConfig.of(FakeNetwork.identity(seed)).withListen(Multiaddr.parse(listen)));
    host.start();
    return host;
  }
}
