package io.ecluster.service.daemon;

import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.PeerDirectory;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.cluster.PingDirectory;
import io.ecluster.core.cluster.SelfIdentity;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.consensus.CrdtBlocks;
import io.ecluster.core.consensus.CrdtConsensus;
import io.ecluster.core.monitor.PubSubMonitor;
import io.ecluster.core.peers.Liveness;
import io.ecluster.core.peers.Membership;
import io.ecluster.core.peers.Peerstore;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.MetricMessages;
import io.ecluster.core.rpc.PeerCallsOverRpc;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.PinState;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.kad.KadDht;
import io.ecluster.libp2p.mdns.Mdns;
import io.ecluster.libp2p.pubsub.Gossipsub;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedPinNews;
import io.ecluster.service.config.ClusterSettings;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import io.ecluster.service.observe.Observer;
import io.ecluster.service.state.StateFolder;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * What the cluster stands on: the network, the pinset, and who else is there. It is put together
 * here and started by {@link Node}, when all that answers calls is registered.
 */
final class Foundation {
  final PeerId id;
  final Libp2pHost host;
  final IpfsNode ipfs;
  final SelfIdentity self;
  final Gossipsub pubsub;
  final StatelessTracker tracker;
  final CrdtConsensus consensus;
  final Gorpc rpc;
  final PubSubMonitor monitor;
  final Membership membership;
  final Peers peers;
  final PeerDirectory directory;
  final PeerBlocks blocks;
  final CodedPinNews codedPins = new CodedPinNews();

  /** What is refused of what others send, by protocol. */
  final Map<String, Refusals> refused = new ConcurrentSkipListMap<>();

  Foundation(
      Folder folder,
      Settings settings,
      Identity identity,
      IpfsSide side,
      Observer observer,
      Clock clock,
      Closers closers) {
    PartSettings parts = new PartSettings(settings);
    this.id = identity.id();
    this.ipfs = observer.node(side.node());
    self = new SelfIdentity(id, settings.cluster().peerName(), ipfs, side.addresses());
    host = closers.add(Network.clusterHost(settings.cluster(), identity));
    pubsub = closers.add(new Gossipsub(host, identity, parts.gossip()));
    Datastore store = closers.add(StateFolder.of(folder, settings).open());
    Late<CrdtConsensus> late = new Late<>();
    Supplier<PinState> state = () -> late.get().state();
    tracker = new StatelessTracker(ipfs, state, self, parts.tracker(), clock);
    Bitswap deltas = closers.add(new Bitswap(host, new CrdtBlocks(store)));
    consensus =
        closers.add(
            new CrdtConsensus(
                store,
                pubsub,
                deltas,
                id,
                parts.crdt(),
                clock,
                new Random(),
                Consensus.Listener.both(tracker, codedPins)));
    late.set(consensus);
    rpc = closers.add(new Gorpc(host, () -> consensus::trusts, observer.calls()));
    if (settings.cluster().followerMode()) {
      rpc.closeToOthers(RpcMethods.CLUSTER_REPO_GC_LOCAL); // nobody else frees a follower's disk
    }
    monitor = closers.add(new PubSubMonitor(pubsub, new MetricMessages(), parts.monitor(), clock));
    KadDht dht = new KadDht(host, new Random());
    membership =
        closers.add(
            new Membership(
                host,
                monitor,
                new PeerCallsOverRpc(rpc, id),
                dht,
                new Peerstore(folder.resolve(settings.cluster().peerstoreFile())),
                parts.membership(),
                clock,
                new Random()));
    Liveness liveness = new Liveness(host, monitor, Liveness.STANDARD_TIMEOUT, clock);
    peers = new LivePeers(id, membership, liveness);
    directory = new PingDirectory(monitor);
    blocks = new PeerBlocks(rpc, Thread::sleep);
    refused.putAll(side.refused().byProtocol());
    refused.putAll(host.refusals());
    refused.put("pubsub", pubsub.refusals());
    refused.put("dht", dht.refusals());
    refused.put("bitswap", deltas.refusals());
    refused.put("crdt", consensus.refusals());
    refused.put("rpc", rpc.refusals());
    refused.put("metrics", monitor.refusals());
  }

  /** Begins to look for other peers, when all that they may ask for is registered. */
  void connect(ClusterSettings settings, List<Multiaddr> bootstrap, Closers closers) {
    membership.start(settings.peerAddresses(), bootstrap);
    if (settings.mdns()) {
      Mdns mdns =
          closers.add(
              Mdns.start(
                  Mdns.CLUSTER_SERVICE,
                  id,
                  host::addresses,
                  membership::seen,
                  Clock.systemUTC(),
                  new Random()));
      refused.put("mdns", mdns.refusals());
    }
  }
}
