package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.RpcMethod.Access.CLOSED;
import static io.ecluster.core.rpc.RpcMethod.Access.OPEN;
import static io.ecluster.core.rpc.RpcMethod.Access.TRUSTED;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor.Alert;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.peers.PeerInfo.IpfsInfo;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Every method that Go IPFS Cluster v1.1.6 knows, with who may call it. Closed ones are the bus
 * inside one Go process; they are listed so that a remote caller is told that it may not, rather
 * than that there is no such method.
 */
public final class RpcMethods {
  private static final List<RpcMethod<?, ?>> TABLE = new ArrayList<>();

  public static final RpcMethod<Nothing, PeerInfo> CLUSTER_ID =
      unary("Cluster", "ID", Codecs.NOTHING, PeerCodecs.PEER_INFO, OPEN);
  public static final RpcMethod<Nothing, PeerInfo> CLUSTER_ID_STREAM =
      stream("Cluster", "IDStream", Codecs.NOTHING, PeerCodecs.PEER_INFO, OPEN);
  public static final RpcMethod<PeerId, PeerInfo> CLUSTER_PEER_ADD =
      unary("Cluster", "PeerAdd", Codecs.PEER, PeerCodecs.PEER_INFO, OPEN);
  public static final RpcMethod<Nothing, Version> CLUSTER_VERSION =
      unary("Cluster", "Version", Codecs.NOTHING, IpfsCodecs.VERSION, OPEN);
  public static final RpcMethod<Nothing, PeerInfo> CLUSTER_PEERS =
      stream("Cluster", "Peers", Codecs.NOTHING, PeerCodecs.PEER_INFO, TRUSTED);
  public static final RpcMethod<PeerId, Nothing> CLUSTER_PEER_REMOVE =
      unary("Cluster", "PeerRemove", Codecs.PEER, Codecs.NOTHING, TRUSTED);
  public static final RpcMethod<Nothing, PinInfo> CLUSTER_RECOVER_ALL_LOCAL =
      stream("Cluster", "RecoverAllLocal", Codecs.NOTHING, PinInfoCodecs.PIN_INFO, TRUSTED);
  public static final RpcMethod<Cid, PinInfo> CLUSTER_RECOVER_LOCAL =
      unary("Cluster", "RecoverLocal", Codecs.CID, PinInfoCodecs.PIN_INFO, TRUSTED);
  public static final RpcMethod<Nothing, RepoGc> CLUSTER_REPO_GC_LOCAL =
      unary("Cluster", "RepoGCLocal", Codecs.NOTHING, IpfsCodecs.REPO_GC, TRUSTED);
  public static final RpcMethod<Cid, PinInfo> TRACKER_RECOVER =
      unary("PinTracker", "Recover", Codecs.CID, PinInfoCodecs.PIN_INFO, TRUSTED);
  public static final RpcMethod<Cid, PinInfo> TRACKER_STATUS =
      unary("PinTracker", "Status", Codecs.CID, PinInfoCodecs.PIN_INFO, TRUSTED);
  public static final RpcMethod<Integer, PinInfo> TRACKER_STATUS_ALL =
      stream("PinTracker", "StatusAll", Codecs.INT, PinInfoCodecs.PIN_INFO, TRUSTED);
  public static final RpcMethod<NodeWithMeta, Nothing> IPFS_BLOCK_STREAM =
      stream("IPFSConnector", "BlockStream", IpfsCodecs.NODE, Codecs.NOTHING, TRUSTED);
  public static final RpcMethod<Nothing, RepoStat> IPFS_REPO_STAT =
      unary("IPFSConnector", "RepoStat", Codecs.NOTHING, IpfsCodecs.REPO_STAT, TRUSTED);
  public static final RpcMethod<Nothing, List<PeerId>> IPFS_SWARM_PEERS =
      unary("IPFSConnector", "SwarmPeers", Codecs.NOTHING, Codecs.PEERS, TRUSTED);
  public static final RpcMethod<PeerId, Nothing> CONSENSUS_ADD_PEER =
      unary("Consensus", "AddPeer", Codecs.PEER, Codecs.NOTHING, TRUSTED);
  public static final RpcMethod<PeerId, Nothing> CONSENSUS_RM_PEER =
      unary("Consensus", "RmPeer", Codecs.PEER, Codecs.NOTHING, TRUSTED);
  public static final RpcMethod<Pin, Nothing> CONSENSUS_LOG_PIN =
      unary("Consensus", "LogPin", PinCodecs.PIN, Codecs.NOTHING, TRUSTED);
  public static final RpcMethod<Pin, Nothing> CONSENSUS_LOG_UNPIN =
      unary("Consensus", "LogUnpin", PinCodecs.PIN, Codecs.NOTHING, TRUSTED);
  public static final RpcMethod<Pin, Pin> CLUSTER_PIN =
      unary("Cluster", "Pin", PinCodecs.PIN, PinCodecs.PIN, CLOSED);
  public static final RpcMethod<Pin, Pin> CLUSTER_UNPIN =
      unary("Cluster", "Unpin", PinCodecs.PIN, PinCodecs.PIN, CLOSED);
  public static final RpcMethod<PinPath, Pin> CLUSTER_PIN_PATH =
      unary("Cluster", "PinPath", PinCodecs.PIN_PATH, PinCodecs.PIN, CLOSED);
  public static final RpcMethod<PinPath, Pin> CLUSTER_UNPIN_PATH =
      unary("Cluster", "UnpinPath", PinCodecs.PIN_PATH, PinCodecs.PIN, CLOSED);
  public static final RpcMethod<Nothing, Pin> CLUSTER_PINS =
      stream("Cluster", "Pins", Codecs.NOTHING, PinCodecs.PIN, CLOSED);
  public static final RpcMethod<Cid, Pin> CLUSTER_PIN_GET =
      unary("Cluster", "PinGet", Codecs.CID, PinCodecs.PIN, CLOSED);
  public static final RpcMethod<List<PeerId>, PeerInfo> CLUSTER_PEERS_WITH_FILTER =
      stream("Cluster", "PeersWithFilter", Codecs.PEERS, PeerCodecs.PEER_INFO, CLOSED);
  public static final RpcMethod<Nothing, ConnectGraph> CLUSTER_CONNECT_GRAPH =
      unary("Cluster", "ConnectGraph", Codecs.NOTHING, PeerCodecs.GRAPH, CLOSED);
  public static final RpcMethod<Multiaddr, Nothing> CLUSTER_JOIN =
      unary("Cluster", "Join", Codecs.ADDRESS, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Integer, GlobalPinInfo> CLUSTER_STATUS_ALL =
      stream("Cluster", "StatusAll", Codecs.INT, PinInfoCodecs.GLOBAL_PIN_INFO, CLOSED);
  public static final RpcMethod<Integer, PinInfo> CLUSTER_STATUS_ALL_LOCAL =
      stream("Cluster", "StatusAllLocal", Codecs.INT, PinInfoCodecs.PIN_INFO, CLOSED);
  public static final RpcMethod<Cid, GlobalPinInfo> CLUSTER_STATUS =
      unary("Cluster", "Status", Codecs.CID, PinInfoCodecs.GLOBAL_PIN_INFO, CLOSED);
  public static final RpcMethod<Cid, GlobalPinInfo> CLUSTER_RECOVER =
      unary("Cluster", "Recover", Codecs.CID, PinInfoCodecs.GLOBAL_PIN_INFO, CLOSED);
  public static final RpcMethod<Cid, PinInfo> CLUSTER_STATUS_LOCAL =
      unary("Cluster", "StatusLocal", Codecs.CID, PinInfoCodecs.PIN_INFO, CLOSED);
  public static final RpcMethod<Nothing, GlobalPinInfo> CLUSTER_RECOVER_ALL =
      stream("Cluster", "RecoverAll", Codecs.NOTHING, PinInfoCodecs.GLOBAL_PIN_INFO, CLOSED);
  public static final RpcMethod<PinOptions, List<PeerId>> CLUSTER_BLOCK_ALLOCATE =
      unary("Cluster", "BlockAllocate", PinCodecs.PIN_WITHOUT_CID, Codecs.PEERS, CLOSED);
  public static final RpcMethod<Nothing, Map<PeerId, RepoGc>> CLUSTER_REPO_GC =
      unary("Cluster", "RepoGC", Codecs.NOTHING, IpfsCodecs.GLOBAL_REPO_GC, CLOSED);
  public static final RpcMethod<Nothing, Nothing> CLUSTER_SEND_INFORMER_METRICS =
      unary("Cluster", "SendInformerMetrics", Codecs.NOTHING, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Nothing, Nothing> CLUSTER_SEND_INFORMERS_METRICS =
      unary("Cluster", "SendInformersMetrics", Codecs.NOTHING, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Nothing, List<Alert>> CLUSTER_ALERTS =
      unary("Cluster", "Alerts", Codecs.NOTHING, Codecs.list(PeerCodecs.ALERT), CLOSED);
  public static final RpcMethod<Nothing, SortedMap<String, Bandwidth>>
      CLUSTER_BANDWIDTH_BY_PROTOCOL =
          unary(
              "Cluster",
              "BandwidthByProtocol",
              Codecs.NOTHING,
              Codecs.sortedMap(IpfsCodecs.BANDWIDTH),
              CLOSED);
  public static final RpcMethod<Optional<PeerId>, IpfsInfo> CLUSTER_IPFS_ID =
      unary("Cluster", "IPFSID", Codecs.OPTIONAL_PEER, PeerCodecs.IPFS_INFO, CLOSED);
  public static final RpcMethod<Pin, Nothing> TRACKER_TRACK =
      unary("PinTracker", "Track", PinCodecs.PIN, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Pin, Nothing> TRACKER_UNTRACK =
      unary("PinTracker", "Untrack", PinCodecs.PIN, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Nothing, PinInfo> TRACKER_RECOVER_ALL =
      stream("PinTracker", "RecoverAll", Codecs.NOTHING, PinInfoCodecs.PIN_INFO, CLOSED);
  public static final RpcMethod<Nothing, Long> TRACKER_PIN_QUEUE_SIZE =
      unary("PinTracker", "PinQueueSize", Codecs.NOTHING, Codecs.LONG, CLOSED);
  public static final RpcMethod<Pin, Nothing> IPFS_PIN =
      unary("IPFSConnector", "Pin", PinCodecs.PIN, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Pin, Nothing> IPFS_UNPIN =
      unary("IPFSConnector", "Unpin", PinCodecs.PIN, Codecs.NOTHING, CLOSED);
  public static final RpcMethod<Pin, Integer> IPFS_PIN_LS_CID =
      unary("IPFSConnector", "PinLsCid", PinCodecs.PIN, Codecs.INT, CLOSED);
  public static final RpcMethod<List<String>, PinnedCid> IPFS_PIN_LS =
      stream("IPFSConnector", "PinLs", Codecs.STRINGS, IpfsCodecs.PINNED, CLOSED);
  public static final RpcMethod<String, String> IPFS_CONFIG_KEY =
      unary("IPFSConnector", "ConfigKey", Codecs.STRING, Codecs.STRING, CLOSED);
  public static final RpcMethod<Cid, byte[]> IPFS_BLOCK_GET =
      unary("IPFSConnector", "BlockGet", Codecs.CID, Codecs.BYTES, CLOSED);
  public static final RpcMethod<String, Cid> IPFS_RESOLVE =
      unary("IPFSConnector", "Resolve", Codecs.STRING, Codecs.CID, CLOSED);
  public static final RpcMethod<Nothing, List<PeerId>> CONSENSUS_PEERS =
      unary("Consensus", "Peers", Codecs.NOTHING, Codecs.PEERS, CLOSED);
  public static final RpcMethod<String, List<Metric>> MONITOR_LATEST_METRICS =
      unary("PeerMonitor", "LatestMetrics", Codecs.STRING, Codecs.list(PeerCodecs.METRIC), CLOSED);
  public static final RpcMethod<Nothing, List<String>> MONITOR_METRIC_NAMES =
      unary("PeerMonitor", "MetricNames", Codecs.NOTHING, Codecs.STRINGS, CLOSED);

  /** All of them. */
  public static final List<RpcMethod<?, ?>> ALL = List.copyOf(TABLE);

  private RpcMethods() {}

  private static <A, R> RpcMethod<A, R> unary(
      String service, String name, Codec<A> argument, Codec<R> reply, RpcMethod.Access access) {
    return listed(new RpcMethod<>(service, name, argument, reply, false, access));
  }

  private static <A, R> RpcMethod<A, R> stream(
      String service, String name, Codec<A> argument, Codec<R> reply, RpcMethod.Access access) {
    return listed(new RpcMethod<>(service, name, argument, reply, true, access));
  }

  private static <A, R> RpcMethod<A, R> listed(RpcMethod<A, R> method) {
    TABLE.add(method);
    return method;
  }
}
