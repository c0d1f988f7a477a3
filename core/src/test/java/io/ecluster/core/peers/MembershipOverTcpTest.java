package io.ecluster.core.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
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
}
