package io.ecluster.core.cluster;

import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.tracker.GatedIpfsNode;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.core.tracker.TestTime;
import io.ecluster.core.tracker.TrackerSettings;
import io.ecluster.ipfs.FakeIpfsNetwork;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Several cluster peers in one JVM: real calls over hosts in memory, real trackers over IPFS nodes
 * in memory, a pinset that spreads at once, time that stands still.
 */
public final class TestCluster implements AutoCloseable {
  private static final long FREE_BYTES = 1L << 40;
  private static final Duration SOON = Duration.ofSeconds(20);

  public final FakeNetwork network = new FakeNetwork();
  public final FakeIpfsNetwork ipfsNetwork = new FakeIpfsNetwork();
  public final FakePinset pinset = new FakePinset();
  public final TestTime time = new TestTime();
  public final FakeMonitor monitor = new FakeMonitor(time);
  public final List<TestPeer> peers = new ArrayList<>();

  /** So many peers with default settings, ready and connected. */
  public static TestCluster of(int count) {
    return of(count, UnaryOperator.identity());
  }

  public static TestCluster of(int count, UnaryOperator<PeerSettings> settings) {
    return of(count, 0, settings);
  }

  /** So many peers of ours, and after them others that know our methods as little as Go's do. */
  public static TestCluster of(int count, int goCount, UnaryOperator<PeerSettings> settings) {
    TestCluster cluster = new TestCluster();
    for (int i = 0; i < count + goCount; i++) {
      cluster.add(settings, i < count ? rpc -> rpc : GoLikeRpc::new);
    }
    cluster.startAll();
    return cluster;
  }

  /** One more peer, which is not started. */
  public TestPeer add(UnaryOperator<PeerSettings> settings) {
    return add(settings, rpc -> rpc);
  }

  private TestPeer add(UnaryOperator<PeerSettings> settings, UnaryOperator<Rpc> serving) {
    int number = peers.size() + 1;
    TestPeer peer = new TestPeer(number, settings, serving);
    peers.add(peer);
    monitor.alive(peer.id(), FREE_BYTES - number, "default");
    monitor.name(peer.id(), "peer" + number);
    return peer;
  }

  public void startAll() {
    try {
      network.connectAll();
      for (TestPeer peer : peers) {
        peer.cluster.start(() -> {});
        if (!peer.cluster.awaitReady(SOON)) {
          throw new AssertionError("peer " + peer.number + " is not ready");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public TestPeer peer(int index) {
    return peers.get(index);
  }

  public List<PeerId> ids() {
    return peers.stream().map(TestPeer::id).toList();
  }

  /** The peer's process dies, and everybody has noticed. */
  public void kill(TestPeer peer) {
    peer.close();
    monitor.dead(peer.id());
  }

  @Override
  public void close() {
    peers.forEach(TestPeer::close);
    network.close();
  }

  /** One peer and its parts. */
  public final class TestPeer implements AutoCloseable {
    public final int number;
    public final MemoryHost host;
    public final FakeIpfsNode store;
    public final GatedIpfsNode ipfs;
    public final FakePinset.Member consensus;
    public final Gorpc rpc;
    public final SelfIdentity self;
    public final StatelessTracker tracker;
    public final ClusterPeer cluster;
    public final PeerBlocks blocks;
    public final Set<String> adding = ConcurrentHashMap.newKeySet();

    /** What adds here, beside what {@link #adding} says. */
    public volatile AddsInProgress adder = Set::of;

    public final FakeCodedPins codedPins = new FakeCodedPins();
    private boolean closed;

    private TestPeer(int number, UnaryOperator<PeerSettings> settings, UnaryOperator<Rpc> serving) {
      this.number = number;
      this.host = network.host(number);
      this.store = ipfsNetwork.node(number);
      this.ipfs = new GatedIpfsNode(store);
      this.consensus = pinset.join(host.id());
      this.rpc = new Gorpc(host, () -> consensus::trusts);
      this.self = new SelfIdentity(host.id(), "peer" + number, ipfs);
      this.tracker =
          new StatelessTracker(ipfs, consensus::state, self, TrackerSettings.DEFAULTS, time);
      consensus.listener(tracker);
      PeerParts parts =
          new PeerParts(
              host,
              ipfs,
              consensus,
              tracker,
              monitor,
              serving.apply(rpc),
              new FirstPeersAllocator(),
              codedPins,
              this::namesOfAdds,
              new PingDirectory(monitor),
              self,
              time);
      this.cluster =
          new ClusterPeer(
              parts, settings.apply(PeerSettings.defaults("peer" + number, "1.1.6")), time);
      this.blocks = new PeerBlocks(rpc, time);
    }

    private Set<String> namesOfAdds() {
      Set<String> names = new HashSet<>(adding);
      names.addAll(adder.names());
      return names;
    }

    public PeerId id() {
      return host.id();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        cluster.close();
        rpc.close();
        consensus.close();
        host.close();
        store.close();
      }
    }
  }
}
