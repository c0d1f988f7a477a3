package io.ecluster.core.peers;

import io.ecluster.core.monitor.Informer;
import io.ecluster.core.monitor.MetricPublisher;
import io.ecluster.core.monitor.MonitorSettings;
import io.ecluster.core.monitor.PingValue;
import io.ecluster.core.monitor.PubSubMonitor;
import io.ecluster.core.peers.PeerInfo.IpfsInfo;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.MetricMessages;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.PeerCallsOverRpc;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.kad.KadDht;
import io.ecluster.libp2p.pubsub.Gossipsub;
import io.ecluster.libp2p.pubsub.GossipsubSettings;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** A peer with all that finding each other takes, and nothing else. */
final class ClusterNode implements AutoCloseable {
  /** Rounds come quickly; the clock of metrics and back-off stands still unless a test moves it. */
  private static final MembershipSettings FAST =
      new MembershipSettings(
          Duration.ofSeconds(2),
          Duration.ofMillis(20),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30));

  final Host host;
  final PubSubMonitor monitor;
  final Membership membership;
  final Liveness liveness;
  private volatile boolean secretive;
  private final Gossipsub pubsub;
  private final Gorpc rpc;
  private final MetricPublisher publisher;

  /** In memory. */
  static ClusterNode in(FakeNetwork network, int seed, Path folder, InstantSource clock) {
    MemoryHost host = network.host(seed);
    return new ClusterNode(host, host.identity(), seed, folder, clock);
  }

  ClusterNode(Host host, Identity identity, int seed, Path folder, InstantSource clock) {
    this.host = host;
    pubsub =
        new Gossipsub(
            host,
            identity,
            GossipsubSettings.cluster(),
            InstantSource.system(),
            new Random(seed),
            (_, _) -> () -> {});
    rpc = new Gorpc(host, () -> peer -> true);
    monitor = new PubSubMonitor(pubsub, new MetricMessages(), MonitorSettings.STANDARD, clock);
    PeerCalls calls = new PeerCallsOverRpc(rpc, host.id());
    Peerstore store = new Peerstore(folder.resolve("peerstore-" + seed));
    KadDht dht = new KadDht(host, new Random(seed));
    membership = new Membership(host, monitor, calls, dht, store, FAST, clock, new Random(seed));
    liveness = new Liveness(host, monitor, Duration.ofMillis(200), clock);
    Informer ping = Informer.ping(Duration.ofSeconds(15), () -> PingValue.NONE);
    publisher = new MetricPublisher(monitor, pubsub, host.id(), List.of(ping), clock);
    serve();
  }

  private void serve() {
    rpc.serve(RpcMethods.CLUSTER_ID, (caller, none) -> info());
    rpc.serve(
        RpcMethods.CLUSTER_PEER_ADD,
        (caller, joiner) ->
            rpc.call(joiner, RpcMethods.CLUSTER_ID, Nothing.NOTHING, Duration.ofSeconds(5)));
    rpc.serveStream(RpcMethods.CLUSTER_PEERS, (caller, none, replies) -> replies.accept(info()));
  }

  /** From now on it tells nobody of others, as one would that trusts nobody. */
  ClusterNode secretive() {
    secretive = true;
    return this;
  }

  private PeerInfo info() {
    List<PeerId> members = secretive ? List.of(host.id()) : membership.members();
    return new PeerInfo(
        host.id(),
        host.addresses(),
        members,
        members.stream().flatMap(this::addresses).toList(),
        "",
        "",
        "",
        "",
        new IpfsInfo(Optional.empty(), List.of(), ""),
        "");
  }

  private Stream<Multiaddr> addresses(PeerId peer) {
    return host.knownAddresses(peer).stream().map(address -> address.withPeerId(peer));
  }

  ClusterNode start(ClusterNode... bootstraps) {
    publisher.start();
    membership.start(
        List.of(), Stream.of(bootstraps).map(node -> node.host.addresses().getFirst()).toList());
    return this;
  }

  PeerId id() {
    return host.id();
  }

  boolean isConnectedTo(List<ClusterNode> nodes) {
    return nodes.stream()
        .filter(node -> node != this)
        .allMatch(node -> host.isConnected(node.id()));
  }

  boolean hasMembers(List<ClusterNode> nodes) {
    return membership
        .members()
        .equals(nodes.stream().<PeerId>map(ClusterNode::id).sorted().toList());
  }

  @Override
  public void close() {
    membership.close();
    publisher.close();
    rpc.close();
    monitor.close();
    pubsub.close();
    host.close();
  }
}
