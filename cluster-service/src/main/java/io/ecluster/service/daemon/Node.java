package io.ecluster.service.daemon;

import io.ecluster.adder.AddLimits;
import io.ecluster.adder.AdderCluster;
import io.ecluster.adder.ClusterAdder;
import io.ecluster.allocator.BalancedAllocator;
import io.ecluster.allocator.Promises;
import io.ecluster.allocator.PromisingAllocator;
import io.ecluster.core.cluster.ClusterPeer;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.PeerDirectory;
import io.ecluster.core.cluster.PeerParts;
import io.ecluster.core.cluster.PeerSettings;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.cluster.PingDirectory;
import io.ecluster.core.cluster.SelfIdentity;
import io.ecluster.core.consensus.CrdtBlocks;
import io.ecluster.core.consensus.CrdtConfig;
import io.ecluster.core.consensus.CrdtConsensus;
import io.ecluster.core.monitor.Informer;
import io.ecluster.core.monitor.MetricPublisher;
import io.ecluster.core.monitor.MonitorSettings;
import io.ecluster.core.monitor.PubSubMonitor;
import io.ecluster.core.peers.Liveness;
import io.ecluster.core.peers.Membership;
import io.ecluster.core.peers.MembershipSettings;
import io.ecluster.core.peers.Peerstore;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.MetricMessages;
import io.ecluster.core.rpc.PeerCallsOverRpc;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.PinState;
import io.ecluster.core.state.RocksDatastore;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.core.tracker.TrackerSettings;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipfs.embedded.EmbeddedIpfsNode;
import io.ecluster.ipfs.embedded.EmbeddedIpfsSettings;
import io.ecluster.ipfs.embedded.SwarmView;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.pubsub.Gossipsub;
import io.ecluster.libp2p.pubsub.GossipsubSettings;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedReader;
import io.ecluster.recovery.EcRecovery;
import io.ecluster.recovery.RecoveryParts;
import io.ecluster.recovery.RepairQueue;
import io.ecluster.recovery.Sweep;
import io.ecluster.service.api.AddRoute;
import io.ecluster.service.api.ApiServer;
import io.ecluster.service.api.EcGetRoute;
import io.ecluster.service.api.EcRecoveryRoute;
import io.ecluster.service.api.RestRoutes;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One peer, put together. Handlers are registered before the first connection, the API comes last;
 * everything is closed in the opposite order. The parts that need each other before they are there
 * meet through references that are set once, below.
 */
public final class Node implements AutoCloseable {
  /** A DAG that is not coded is looked for no longer than a user waits. */
  private static final Duration PLAIN_READ_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SHARD_PIN_TIMEOUT = Duration.ofSeconds(60);

  /** A peer that has all blocks pins within moments, unless it has much else to pin. */
  private static final Duration COPY_TIMEOUT = Duration.ofSeconds(5);

  private final Closers closers;
  private final Settings settings;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final PeerId id;
  private List<String> apiAddresses = List.of();

  private Node(Closers closers, Settings settings, PeerId id) {
    this.closers = closers;
    this.settings = settings;
    this.id = id;
  }

  /**
   * Starts everything.
   *
   * @throws ConfigException if something cannot start; nothing is left running
   */
  public static Node start(
      Folder folder,
      Settings settings,
      Identity identity,
      List<Multiaddr> bootstrap,
      boolean trustBootstrap) {
    Closers closers = new Closers();
    Node node = new Node(closers, settings, identity.id());
    try {
      node.assemble(folder, identity, bootstrap, trustBootstrap);
      return node;
    } catch (RuntimeException e) {
      closers.close();
      throw e;
    }
  }

  public PeerId id() {
    return id;
  }

  public List<String> apiAddresses() {
    return apiAddresses;
  }

  private void assemble(
      Folder folder, Identity identity, List<Multiaddr> bootstrap, boolean trustBootstrap) {
    Libp2pHost host = closers.add(Network.clusterHost(settings.cluster(), identity));
    IpfsNode ipfs = ipfs(folder);
    GossipsubSettings gossip =
        GossipsubSettings.cluster().withHeartbeat(settings.cluster().pubsubHeartbeat());
    Gossipsub pubsub = closers.add(new Gossipsub(host, identity, gossip));
    Datastore store = closers.add(RocksDatastore.open(folder.resolve("rocksdb")));
    Late<CrdtConsensus> late = new Late<>();
    Supplier<PinState> state = () -> late.get().state();
    SelfIdentity self = new SelfIdentity(id, settings.cluster().peerName(), ipfs);
    StatelessTracker tracker = new StatelessTracker(ipfs, state, self, trackerSettings(), clock);
    Bitswap deltas = closers.add(new Bitswap(host, new CrdtBlocks(store)));
    CrdtConsensus consensus =
        late.set(
            closers.add(
                new CrdtConsensus(
                    store, pubsub, deltas, id, crdtConfig(), clock, new Random(), tracker)));
    if (trustBootstrap) {
      bootstrap.forEach(address -> address.peerId().ifPresent(consensus::trust));
    }
    Gorpc rpc = closers.add(new Gorpc(host, () -> consensus::trusts));
    PubSubMonitor monitor =
        closers.add(
            new PubSubMonitor(
                pubsub,
                new MetricMessages(),
                new MonitorSettings(settings.monitorCheckInterval(), true),
                clock));
    Membership membership =
        closers.add(
            new Membership(
                host,
                monitor,
                new PeerCallsOverRpc(rpc, id),
                new Peerstore(folder.resolve(settings.cluster().peerstoreFile())),
                membershipSettings(),
                clock,
                new Random()));
    Liveness liveness = new Liveness(host, monitor, Liveness.STANDARD_TIMEOUT, clock);
    PeerBlocks blocks = new PeerBlocks(rpc, Thread::sleep);
    Peers peers = new LivePeers(id, membership, liveness);
    Late<RepairQueue> repairs = new Late<>();
    CodedReader reader =
        new CodedReader(
            new CodedReader.Parts(
                consensus.state(),
                ipfs,
                rpc,
                blocks,
                peers,
                PLAIN_READ_TIMEOUT,
                (root, group) -> repairs.get().offer(root, group)));
    Late<ClusterAdder> adder = new Late<>();
    PeerDirectory directory = new PingDirectory(monitor);
    ClusterPeer cluster =
        closers.add(
            new ClusterPeer(
                new PeerParts(
                    host,
                    ipfs,
                    consensus,
                    tracker,
                    monitor,
                    rpc,
                    new BalancedAllocator(),
                    reader::partsOf,
                    () -> adder.get().underWay().names(),
                    directory,
                    self,
                    clock),
                peerSettings(),
                Thread::sleep));
    Promises promises = new Promises(clock, Promises.STANDARD_MEMORY);
    RecoveryParts parts =
        new RecoveryParts(
            consensus,
            ipfs,
            rpc,
            blocks,
            peers,
            cluster::livePeers,
            promises,
            SHARD_PIN_TIMEOUT,
            clock);
    EcRecovery recovery = new EcRecovery(parts);
    repairs.set(closers.add(RepairQueue.start(recovery, Thread::sleep)));
    closers.add(
        new Sweep(parts, settings.erasure().sweepGrace())
            .every(settings.erasure().sweepInterval(), Thread::sleep));
    AdderCluster port =
        new AdderCluster(
            cluster,
            consensus,
            blocks,
            peers,
            new PromisingAllocator(promises, random),
            reader::partsOf,
            recovery::isHealthy);
    adder.set(new ClusterAdder(port, addLimits(), clock, random));
    MetricPublisher publisher =
        closers.add(new MetricPublisher(monitor, pubsub, id, informers(ipfs, self), clock));
    consensus.start();
    host.start();
    serveApi(
        new RestRoutes(cluster, Daemon.VERSION, clock)
            .with(new AddRoute(adder.get(), clock))
            .with(new EcGetRoute(reader))
            .with(new EcRecoveryRoute(recovery::run, peer -> peerName(directory, peer))));
    cluster.start(publisher::start);
    membership.start(settings.cluster().peerAddresses(), bootstrap);
    closers.add(SwarmConnector.start(ipfs, cluster));
  }

  private MembershipSettings membershipSettings() {
    MembershipSettings standard = MembershipSettings.STANDARD;
    return new MembershipSettings(
        settings.cluster().dialPeerTimeout(),
        standard.round(),
        standard.discovery(),
        standard.pingTtl());
  }

  private IpfsNode ipfs(Folder folder) {
    Settings.Embedded embedded = settings.embedded();
    Path data = folder.resolve(embedded.folder());
    Identity identity = new Folder(data).initialiseIdentity(java.util.Map.of(), random);
    Libp2pHost host = closers.add(Network.ipfsHost(embedded, identity, folder.path()));
    EmbeddedIpfsSettings node =
        EmbeddedIpfsSettings.defaults()
            .withStorageMaxBytes(embedded.storageMaxBytes())
            .withPinTimeout(embedded.pinTimeout())
            .withSync(embedded.sync());
    IpfsNode ipfs =
        closers.add(
            EmbeddedIpfsNode.open(
                data, node, SwarmView.of(host), local -> new Bitswap(host, local)));
    host.start();
    return ipfs;
  }

  private void serveApi(RestRoutes routes) {
    if (settings.restApi().isPresent()) {
      ApiServer api = closers.add(ApiServer.start(settings.restApi().get(), routes));
      apiAddresses = api.addresses();
    }
  }

  private String peerName(PeerDirectory directory, PeerId peer) {
    return peer.equals(id)
        ? settings.cluster().peerName()
        : directory.find(peer).map(found -> found.peerName()).orElse("");
  }

  private List<Informer> informers(IpfsNode ipfs, SelfIdentity self) {
    Duration ping = settings.cluster().monitorPingInterval();
    return List.of(
        Informer.ping(ping, self::ping),
        Informer.freeSpace(settings.diskMetricTtl(), () -> freeBytes(ipfs)),
        Informer.tags(settings.tags().metricTtl(), settings.tags().values()));
  }

  private static long freeBytes(IpfsNode ipfs) {
    IpfsNode.RepoStat stat = ipfs.repoStat();
    return Math.max(0, stat.storageMax() - stat.repoSize());
  }

  private TrackerSettings trackerSettings() {
    Settings.Tracker tracker = settings.tracker();
    return new TrackerSettings(
        tracker.concurrentPins(),
        TrackerSettings.DEFAULTS.unpinWorkers(),
        tracker.maxPinQueueSize(),
        tracker.priorityPinMaxAge(),
        tracker.priorityPinMaxRetries());
  }

  private CrdtConfig crdtConfig() {
    Settings.Crdt crdt = settings.crdt();
    boolean all = crdt.trustedPeers().contains("*");
    Set<PeerId> trusted =
        crdt.trustedPeers().stream()
            .filter(peer -> !peer.equals("*"))
            .map(Node::trustedPeer)
            .collect(Collectors.toSet());
    return CrdtConfig.defaults(crdt.clusterName())
        .withTrusted(all, trusted)
        .withIntervals(crdt.rebroadcastInterval(), crdt.repairInterval())
        .withBatching(
            new CrdtConfig.Batching(crdt.maxBatchSize(), crdt.maxBatchAge(), crdt.maxQueueSize()));
  }

  private static PeerId trustedPeer(String text) {
    try {
      return PeerId.parse(text);
    } catch (FormatException e) {
      throw new ConfigException("consensus.crdt.trusted_peers: " + e.getMessage(), e);
    }
  }

  private PeerSettings peerSettings() {
    var cluster = settings.cluster();
    return new PeerSettings(
        cluster.peerName(),
        Daemon.VERSION,
        cluster.replicationMin(),
        cluster.replicationMax(),
        settings.allocateBy(),
        cluster.pinOnlyOnTrustedPeers(),
        cluster.pinOnlyOnUntrustedPeers(),
        cluster.followerMode(),
        cluster.disableRepinning(),
        cluster.stateSyncInterval(),
        cluster.pinRecoverInterval());
  }

  private AddLimits addLimits() {
    int cell = Math.toIntExact(settings.erasure().cellSizeBytes());
    return new AddLimits(cell, SHARD_PIN_TIMEOUT, COMMIT_TIMEOUT, COPY_TIMEOUT);
  }

  @Override
  public void close() {
    closers.close();
  }
}
