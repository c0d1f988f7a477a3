package io.ecluster.service.daemon;

import io.ecluster.adder.Adder;
import io.ecluster.adder.AdderCluster;
import io.ecluster.adder.ClusterAdder;
import io.ecluster.allocator.BalancedAllocator;
import io.ecluster.allocator.Promises;
import io.ecluster.allocator.PromisingAllocator;
import io.ecluster.core.cluster.ClusterPeer;
import io.ecluster.core.cluster.PeerDirectory;
import io.ecluster.core.cluster.PeerParts;
import io.ecluster.core.monitor.Informer;
import io.ecluster.core.monitor.MetricPublisher;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.ClusterBlocks;
import io.ecluster.recovery.CodedOffers;
import io.ecluster.recovery.CodedReader;
import io.ecluster.recovery.EcRecovery;
import io.ecluster.recovery.RecoveryParts;
import io.ecluster.recovery.RepairQueue;
import io.ecluster.recovery.Sweep;
import io.ecluster.service.api.AddRoute;
import io.ecluster.service.api.EcGetRoute;
import io.ecluster.service.api.EcRecoveryRoute;
import io.ecluster.service.api.HttpApi;
import io.ecluster.service.api.RestRoutes;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.config.InformerSettings;
import io.ecluster.service.config.IpfsProxySettings;
import io.ecluster.service.config.Settings;
import io.ecluster.service.gateway.Gateway;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.pinsvc.PinningService;
import io.ecluster.service.proxy.IpfsProxy;
import io.ecluster.service.read.Blocks;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One peer, put together. Handlers are registered before the first connection, the API comes last;
 * everything is closed in the opposite order. The parts that need each other before they are there
 * meet through references that are set once, below.
 */
public final class Node implements AutoCloseable {
  /** A DAG that is not coded is looked for no longer than a user waits. */
  private static final Duration PLAIN_READ_TIMEOUT = Duration.ofSeconds(15);

  private final Closers closers;
  private final Settings settings;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final PeerId id;
  private final Late<RepairQueue> repairs = new Late<>();
  private final Late<ClusterAdder> adding = new Late<>();
  private final Observation observation;
  private List<String> apiAddresses = List.of();

  private Node(Closers closers, Settings settings, PeerId id) {
    this.closers = closers;
    this.settings = settings;
    this.id = id;
    this.observation = Observation.of(settings, id, closers);
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
    LateOffers offers = new LateOffers();
    IpfsSide ipfs = IpfsSide.start(folder, settings, offers, random, closers);
    Foundation base =
        new Foundation(folder, settings, identity, ipfs, observation.observer(), clock, closers);
    if (trustBootstrap) {
      bootstrap.forEach(address -> address.peerId().ifPresent(base.consensus::trust));
    }
    ClusterBlocks blocks =
        CodedBlocks.start(base, reading(base), folder, settings.erasure(), offers, closers);
    CodedReader reader = new CodedReader(blocks);
    ClusterPeer cluster = cluster(base, reader);
    offers.set(offers(base, blocks, cluster));
    Promises promises = new Promises(clock, Promises.STANDARD_MEMORY);
    EcRecovery recovery = recovery(base, cluster, promises);
    ClusterAdder adder = adding.set(adder(base, cluster, promises, reader, recovery));
    Adder watched = observation.observer().adder(adder);
    MetricPublisher publisher =
        closers.add(new MetricPublisher(base.monitor, base.pubsub, id, informers(base), clock));
    ipfs.pinsMade().accept(publisher::publishSoon);
    base.consensus.start();
    base.host.start();
    serveApi(
        folder,
        new RestRoutes(cluster, Daemon.VERSION, base.host::traffic, clock)
            .with(new AddRoute(watched, clock))
            .with(new EcGetRoute(reader, cid -> pinName(cluster, cid)))
            .with(new EcRecoveryRoute(recovery::run, peer -> peerName(base.directory, peer))));
    servePinning(folder, cluster);
    serveContent(base, reader, cluster, watched, ipfs.isKubo(), folder);
    observation.start(base);
    cluster.start(publisher::start);
    base.connect(settings.cluster(), bootstrap, closers);
    closers.add(
        new SwarmConnector(
                ipfs.node(),
                cluster::members,
                () -> ipfsNodes(cluster),
                ipfs.isKubo(),
                ipfs.swarmDelay())
            .start());
  }

  private static List<PeerInfo.IpfsInfo> ipfsNodes(ClusterPeer cluster) {
    List<PeerInfo> members = new ArrayList<>();
    cluster.peers(members::add);
    return members.stream().map(PeerInfo::ipfs).toList();
  }

  /** What other IPFS nodes get of coded pins. */
  private CodedOffers offers(Foundation base, ClusterBlocks blocks, ClusterPeer cluster) {
    return new CodedOffers(
        blocks,
        new OwnNodes(base.self, base.directory, cluster::members, clock),
        settings.erasure().rebuildBytesPerSecondForOthers(),
        clock,
        Thread::sleep);
  }

  private CodedReader.Parts reading(Foundation base) {
    return new CodedReader.Parts(
        base.consensus.state(),
        base.ipfs,
        base.rpc,
        base.blocks,
        base.peers,
        PLAIN_READ_TIMEOUT,
        observation.observer().degraded((root, group) -> repairs.get().offer(root, group)),
        observation.observer().recovery());
  }

  private ClusterPeer cluster(Foundation base, CodedReader reader) {
    return closers.add(
        new ClusterPeer(
            new PeerParts(
                base.host,
                base.ipfs,
                base.consensus,
                base.tracker,
                base.monitor,
                base.rpc,
                new BalancedAllocator(),
                reader::partsOf,
                () -> adding.get().underWay().names(),
                base.directory,
                base.self,
                clock),
            new PartSettings(settings).peer(),
            Thread::sleep));
  }

  /** Repairs when asked to, of what reads found damaged, and sweeps what belongs to nothing. */
  private EcRecovery recovery(Foundation base, ClusterPeer cluster, Promises promises) {
    RecoveryParts parts =
        new RecoveryParts(
            base.consensus,
            base.ipfs,
            base.rpc,
            base.blocks,
            base.peers,
            cluster::livePeers,
            promises,
            PartSettings.SHARD_PIN_TIMEOUT,
            clock,
            observation.observer().recovery());
    EcRecovery recovery = new EcRecovery(parts);
    repairs.set(closers.add(RepairQueue.start(recovery, Thread::sleep, random)));
    closers.add(
        new Sweep(parts, settings.erasure().sweepGrace())
            .every(settings.erasure().sweepInterval(), Thread::sleep));
    return recovery;
  }

  private ClusterAdder adder(
      Foundation base,
      ClusterPeer cluster,
      Promises promises,
      CodedReader reader,
      EcRecovery recovery) {
    AdderCluster port =
        new AdderCluster(
            cluster,
            base.consensus,
            base.blocks,
            base.peers,
            new PromisingAllocator(promises, random),
            reader::partsOf,
            recovery::isHealthy);
    return new ClusterAdder(
        port,
        new PartSettings(settings).add(),
        clock,
        random,
        observation.observer().stripeNanos());
  }

  private void serveApi(Folder folder, RestRoutes routes) {
    if (settings.restApi().isPresent()) {
      HttpServer api =
          closers.add(
              HttpApi.start(
                  settings.restApi().get(),
                  routes,
                  folder.path(),
                  clock,
                  observation.observer().http("restapi")));
      apiAddresses = api.addresses();
    }
  }

  private void servePinning(Folder folder, ClusterPeer cluster) {
    settings
        .pinningService()
        .filter(HttpApiSettings::isOn)
        .ifPresent(service ->
            closers.add(
                PinningService.start(
                    service,
                    cluster,
                    folder.path(),
                    clock,
                    observation.observer().http("pinsvcapi"))));
  }

  /** The gateway and the proxy: what is pinned, to those who know nothing of this cluster. */
  private void serveContent(
      Foundation base,
      CodedReader reader,
      ClusterPeer cluster,
      Adder adder,
      boolean hasKubo,
      Folder folder) {
    Blocks blocks = observation.observer().reads(reader::read);
    settings
        .gateway()
        .filter(gateway -> !gateway.listenAddresses().isEmpty())
        .ifPresent(gateway ->
            closers.add(Gateway.start(gateway, blocks, observation.observer().http("gateway"))));
    IpfsProxy.Parts parts =
        new IpfsProxy.Parts(
            blocks,
            cluster,
            adder,
            new ClusterRepo(base.rpc, cluster::members)::stat,
            base.ipfs,
            clock,
            Daemon.VERSION,
            hasKubo);
    settings
        .ipfsProxy()
        .filter(proxy -> !proxy.listenAddresses().isEmpty())
        .ifPresent(proxy ->
            closers.add(
                IpfsProxy.start(
                    proxy,
                    parts,
                    kuboAuthorization(proxy),
                    folder.path(),
                    observation.observer().http("ipfsproxy"))));
  }

  /** Only the Kubo daemon that a secret is for gets it. */
  private String kuboAuthorization(IpfsProxySettings proxy) {
    return settings
        .ipfsHttp()
        .filter(kubo -> kubo.nodeAddress().equals(proxy.nodeAddress()))
        .map(kubo -> IpfsSide.authorization(kubo.apiAuth()))
        .orElse("");
  }

  private static String pinName(ClusterPeer cluster, Cid cid) {
    return cluster.allocation(cid).map(pin -> pin.options().name()).orElse("");
  }

  private String peerName(PeerDirectory directory, PeerId peer) {
    return peer.equals(id)
        ? settings.cluster().peerName()
        : directory.find(peer).map(found -> found.peerName()).orElse("");
  }

  private List<Informer> informers(Foundation base) {
    List<Informer> informers = new ArrayList<>();
    informers.add(Informer.ping(settings.cluster().monitorPingInterval(), base.self::ping));
    InformerSettings chosen = settings.informers();
    chosen.disk().ifPresent(disk -> informers.add(disk(disk, base.ipfs)));
    chosen.tags().ifPresent(tags -> informers.add(Informer.tags(tags.metricTtl(), tags.values())));
    chosen
        .pinQueue()
        .ifPresent(queue ->
            informers.add(
                Informer.pinQueue(
                    queue.metricTtl(), base.tracker::pinQueueSize, queue.weightBucketSize())));
    return informers;
  }

  private static Informer disk(InformerSettings.Disk disk, IpfsNode ipfs) {
    return disk.repoSize()
        ? Informer.repoSize(disk.metricTtl(), () -> ipfs.repoStat().repoSize())
        : Informer.freeSpace(disk.metricTtl(), () -> freeBytes(ipfs));
  }

  private static long freeBytes(IpfsNode ipfs) {
    IpfsNode.RepoStat stat = ipfs.repoStat();
    return Math.max(0, stat.storageMax() - stat.repoSize());
  }

  @Override
  public void close() {
    closers.close();
  }
}
