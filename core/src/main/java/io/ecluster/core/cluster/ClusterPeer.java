package io.ecluster.core.cluster;

import io.ecluster.core.cluster.Fanout.Answer;
import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.monitor.WakeableLoop;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.peers.PeerInfo.IpfsInfo;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.rpc.ConnectGraph;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.core.tracker.Identity;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer of the cluster: puts consensus, tracker, monitor and IPFS to work together, for its own
 * APIs and for other peers.
 *
 * <p>It answers other peers as soon as it is made; it is ready, tracks pins and looks after the
 * pinset once IPFS has answered. Loops and workers are owned here and end with {@link #close}.
 */
public final class ClusterPeer implements Cluster, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterPeer.class);
  private static final String RPC_PROTOCOL = "/ipfscluster/1.0/rpc";
  private static final Duration PEER_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration IPFS_RETRY = Duration.ofSeconds(1);

  /** How soon after an alert pins begin to move. */
  private static final Duration ALERT_INTERVAL = Duration.ofSeconds(5);

  private final PeerParts parts;
  private final PeerSettings settings;
  private final Sleeper sleeper;
  private final Members members;
  private final Fanout fanout;
  private final Statuses statuses;
  private final Allocations allocations;
  private final Pinning pinning;
  private final PinsetWatch watch;
  private final GarbageCollection garbage;
  private final BlockReceiver receiver;
  private final List<AutoCloseable> loops = new CopyOnWriteArrayList<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private volatile boolean closed;

  /** Serves the cluster's RPC methods from now on; {@link #start} does the rest. */
  public ClusterPeer(PeerParts parts, PeerSettings settings, Sleeper sleeper) {
    this.parts = parts;
    this.settings = settings;
    this.sleeper = sleeper;
    this.members = new Members(parts.host().id(), parts.monitor(), parts.consensus());
    this.fanout = new Fanout(parts.rpc());
    this.statuses = new Statuses(parts, members, fanout);
    this.allocations = new Allocations(parts, settings, members);
    this.pinning = new Pinning(parts, settings, allocations);
    this.watch = new PinsetWatch(parts, members, pinning);
    this.garbage = new GarbageCollection(parts.ipfs(), parts.self());
    this.receiver = new BlockReceiver(parts.ipfs(), sleeper);
    new PeerService(this, parts, garbage, receiver).serveOn(parts.rpc());
    new ErasureService(parts, receiver).serveOn(parts.rpc());
  }

  /**
   * Waits in the background for IPFS to answer, then gets to work.
   *
   * @param whenReady done once at that point, before anything else: whoever publishes metrics must
   *     not do so earlier
   */
  public void start(Runnable whenReady) {
    Thread starter = Thread.ofVirtual().name("cluster-start").start(() -> getReady(whenReady));
    loops.add(starter::interrupt);
  }

  private void getReady(Runnable whenReady) {
    try {
      while (!ipfsAnswers()) {
        sleeper.sleep(IPFS_RETRY);
      }
    } catch (InterruptedException e) {
      return;
    }
    whenReady.run();
    parts.tracker().start();
    startLoops();
    ready.countDown();
    log.info("Peer {} is ready", parts.host().id());
  }

  private boolean ipfsAnswers() {
    try {
      parts.self().refresh();
      return true;
    } catch (IpfsException e) {
      log.debug("Waiting for IPFS: {}", e.getMessage());
      return false;
    }
  }

  private void startLoops() {
    WakeableLoop recovery = WakeableLoop.start("recover", this::recoverPins);
    keep(recovery);
    parts.self().onReturn(recovery::wake);
    if (settings.followerMode()) {
      return;
    }
    keep(Loop.start("expiry", settings.stateSyncInterval(), sleeper, watch::removeExpired));
    if (!settings.disableRepinning()) {
      keep(Loop.start("repin", ALERT_INTERVAL, sleeper, () -> watch.moveFromDead(alerts())));
    }
  }

  /** Tries again what failed; done now and again, and when the IPFS node is back. */
  private Duration recoverPins() {
    try {
      parts.tracker().recoverAll(_ -> {});
    } catch (IpfsException e) {
      log.warn("Pins cannot be looked through: {}", e.getMessage());
    }
    return settings.pinRecoverInterval();
  }

  /** Whatever starts while we are being closed is closed too. */
  private void keep(AutoCloseable loop) {
    loops.add(loop);
    if (closed) {
      closeQuietly(loop);
    }
  }

  public boolean isReady() {
    return ready.getCount() == 0;
  }

  /** Whether the peer is ready, waiting for it at most this long. */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return ready.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The text that {@code version} gives. */
  public String version() {
    return settings.version();
  }

  @Override
  public PeerInfo id() {
    List<PeerId> all = members.all();
    return new PeerInfo(
        members.self(),
        parts.host().addresses(),
        all,
        all.stream().flatMap(this::addressesOf).toList(),
        settings.version(),
        "",
        RPC_PROTOCOL,
        "",
        ipfsInfo(),
        settings.peerName());
  }

  private Stream<Multiaddr> addressesOf(PeerId peer) {
    return peer.equals(members.self())
        ? Stream.of()
        : parts.host().knownAddresses(peer).stream().map(address -> address.withPeerId(peer));
  }

  private IpfsInfo ipfsInfo() {
    try {
      Identity identity = parts.self().refresh();
      return new IpfsInfo(identity.ipfsId(), identity.ipfsAddresses(), "");
    } catch (IpfsException e) {
      return new IpfsInfo(Optional.empty(), List.of(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void peers(Consumer<PeerInfo> each) {
    Map<PeerId, String> errors =
        fanout.stream(
            members.all(),
            RpcMethods.CLUSTER_ID_STREAM,
            List.<Nothing>of(),
            PEER_TIMEOUT,
            (_, info) -> each.accept(info));
    errors.forEach((peer, error) -> each.accept(unreachable(peer, error)));
  }

  private PeerInfo unreachable(PeerId peer, String error) {
    String name = parts.directory().find(peer).map(Identity::peerName).orElse("");
    IpfsInfo noIpfs = new IpfsInfo(Optional.empty(), List.of(), "");
    return new PeerInfo(peer, List.of(), List.of(), List.of(), "", "", "", error, noIpfs, name);
  }

  /**
   * Asks a peer who it is and tells it what it missed; members are those who publish, so nothing is
   * remembered.
   */
  @Override
  public PeerInfo addPeer(PeerId peer) {
    PeerInfo info;
    try {
      info = parts.rpc().call(peer, RpcMethods.CLUSTER_ID, Nothing.NOTHING, PEER_TIMEOUT);
    } catch (RpcException e) {
      throw new PeerUnreachableException(
          "peer " + peer + " cannot be added, it does not answer: " + e.getMessage(), e);
    }
    parts.consensus().rebroadcast();
    return withMember(info, members.self());
  }

  private static PeerInfo withMember(PeerInfo info, PeerId member) {
    List<PeerId> all = new ArrayList<>(info.clusterPeers());
    if (!all.contains(member)) {
      all.add(member);
    }
    return new PeerInfo(
        info.id(),
        info.addresses(),
        all,
        info.clusterPeersAddresses(),
        info.version(),
        info.commit(),
        info.rpcProtocolVersion(),
        info.error(),
        info.ipfs(),
        info.peerName());
  }

  @Override
  public void removePeer(PeerId peer) {
    throw new UnsupportedOperationException("crdt consensus component cannot remove peers");
  }

  @Override
  public Pin pin(Pin pin) {
    return pinning.pin(pin);
  }

  @Override
  public Pin pinPath(String path, PinOptions options) {
    pinning.requireWriter();
    return pin(Pin.of(Paths.resolve(path, parts.ipfs()), options));
  }

  @Override
  public Pin unpin(Cid cid) {
    return pinning.unpin(cid);
  }

  @Override
  public Pin unpinPath(String path) {
    pinning.requireWriter();
    return unpin(Paths.resolve(path, parts.ipfs()));
  }

  @Override
  public Optional<Pin> allocation(Cid cid) {
    return parts.consensus().state().get(cid);
  }

  @Override
  public Stream<Pin> allocations() {
    return parts.consensus().state().list();
  }

  @Override
  public GlobalPinInfo status(Cid cid, boolean local) {
    return isLocal(local) ? statuses.localStatus(cid) : statuses.status(cid);
  }

  @Override
  public void statusAll(int filter, boolean local, Consumer<GlobalPinInfo> each) {
    if (isLocal(local)) {
      statuses.localStatusAll(filter, each);
    } else {
      statuses.statusAll(filter, each);
    }
  }

  @Override
  public GlobalPinInfo recover(Cid cid, boolean local) {
    if (allocation(cid).isEmpty()) {
      throw new PinNotFoundException();
    }
    return isLocal(local) ? statuses.localRecover(cid) : statuses.recover(cid);
  }

  @Override
  public void recoverAll(boolean local, Consumer<GlobalPinInfo> each) {
    if (isLocal(local)) {
      statuses.localRecoverAll(each);
    } else {
      statuses.recoverAll(each);
    }
  }

  /** A follower knows of itself only: it is trusted by nobody. */
  private boolean isLocal(boolean local) {
    return local || settings.followerMode();
  }

  @Override
  public Map<PeerId, RepoGc> repoGc(boolean local) {
    return isLocal(local)
        ? Map.of(members.self(), garbage.local())
        : garbage.everywhere(members, fanout);
  }

  @Override
  public List<Metric> metrics(String name) {
    return parts.monitor().latest(name);
  }

  @Override
  public List<String> metricNames() {
    return parts.monitor().names().stream().sorted().toList();
  }

  @Override
  public List<Monitor.Alert> alerts() {
    return parts.monitor().alerts();
  }

  @Override
  public ConnectGraph graph() {
    return Graphs.draw(members, fanout, parts.consensus());
  }

  /** Sizes of the IPFS repositories of all members that answer, summed up. */
  public RepoStat repoStat() {
    List<RepoStat> all = new ArrayList<>();
    fanout.call(
        members.all(),
        RpcMethods.IPFS_REPO_STAT,
        Nothing.NOTHING,
        PEER_TIMEOUT,
        answer -> {
          if (answer instanceof Answer.Reply<RepoStat>(_, RepoStat stat)) {
            all.add(stat);
          }
        });
    return new RepoStat(
        all.stream().mapToLong(RepoStat::repoSize).sum(),
        all.stream().mapToLong(RepoStat::storageMax).sum());
  }

  /** This peer and those whose ping has not run out, sorted by id. */
  public List<PeerId> members() {
    return members.all();
  }

  /** Members that pins may go to, with what the placement of shards needs to know. */
  public List<LivePeer> livePeers() {
    return allocations.livePeers();
  }

  /**
   * The options of an add with defaults filled in.
   *
   * @throws IllegalArgumentException if they may not be asked for
   */
  public PinOptions checkedForAdd(PinOptions options) {
    return pinning.checked(options);
  }

  /**
   * Where the blocks of a replicated add go, before its root is known.
   *
   * @param options as {@link #checkedForAdd} gave them
   * @param absent members that do not answer
   * @throws NotEnoughPeersException if there are too few
   */
  public List<PeerId> allocateForAdd(PinOptions options, Set<PeerId> absent) {
    return allocations.forAdd(options, absent);
  }

  /** Whether this peer may change the pinset. */
  void requireWriter() {
    pinning.requireWriter();
  }

  @Override
  public void close() {
    closed = true;
    for (AutoCloseable loop : loops) {
      closeQuietly(loop);
    }
    parts.tracker().close();
    receiver.close();
  }

  private static void closeQuietly(AutoCloseable loop) {
    try {
      loop.close();
    } catch (Exception e) {
      log.debug("A loop did not stop cleanly: {}", e.toString());
    }
  }
}
