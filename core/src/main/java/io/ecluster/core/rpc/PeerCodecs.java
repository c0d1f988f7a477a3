package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.Field.expected;
import static io.ecluster.core.rpc.Field.omitted;
import static io.ecluster.core.rpc.Field.required;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor.Alert;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.peers.PeerInfo.IpfsInfo;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What peers say of themselves and of each other, on the wire. */
final class PeerCodecs {
  private static final IpfsInfo NO_IPFS = new IpfsInfo(Optional.empty(), List.of(), "");

  private static final Field<IpfsInfo, Optional<PeerId>> IPFS_ID =
      omitted("i", Codecs.OPTIONAL_PEER, Optional.empty(), IpfsInfo::id);
  private static final Field<IpfsInfo, List<Multiaddr>> IPFS_ADDRESSES =
      omitted("a", Codecs.ADDRESSES, List.of(), IpfsInfo::addresses);
  private static final Field<IpfsInfo, String> IPFS_ERROR =
      omitted("e", Codecs.STRING, "", IpfsInfo::error);

  static final Codec<IpfsInfo> IPFS_INFO =
      new StructCodec<>(
          List.of(IPFS_ID, IPFS_ADDRESSES, IPFS_ERROR),
          values ->
              new IpfsInfo(
                  values.get(IPFS_ID), values.get(IPFS_ADDRESSES), values.get(IPFS_ERROR)));

  private static final Field<PeerInfo, PeerId> ID = expected("i", Codecs.PEER, PeerInfo::id);
  private static final Field<PeerInfo, List<Multiaddr>> ADDRESSES =
      omitted("a", Codecs.ADDRESSES, List.of(), PeerInfo::addresses);
  private static final Field<PeerInfo, List<PeerId>> CLUSTER_PEERS =
      omitted("cp", Codecs.PEERS, List.of(), PeerInfo::clusterPeers);
  private static final Field<PeerInfo, List<Multiaddr>> CLUSTER_ADDRESSES =
      omitted("cpa", Codecs.ADDRESSES, List.of(), PeerInfo::clusterPeersAddresses);
  private static final Field<PeerInfo, String> VERSION =
      omitted("v", Codecs.STRING, "", PeerInfo::version);
  private static final Field<PeerInfo, String> COMMIT =
      omitted("c", Codecs.STRING, "", PeerInfo::commit);
  private static final Field<PeerInfo, String> RPC_PROTOCOL =
      omitted("rv", Codecs.STRING, "", PeerInfo::rpcProtocolVersion);
  private static final Field<PeerInfo, String> ERROR =
      omitted("e", Codecs.STRING, "", PeerInfo::error);
  private static final Field<PeerInfo, IpfsInfo> IPFS =
      omitted("ip", IPFS_INFO, NO_IPFS, PeerInfo::ipfs);
  private static final Field<PeerInfo, String> PEER_NAME =
      omitted("pn", Codecs.STRING, "", PeerInfo::peerName);

  static final Codec<PeerInfo> PEER_INFO =
      new StructCodec<>(
          List.of(
              ID,
              ADDRESSES,
              CLUSTER_PEERS,
              CLUSTER_ADDRESSES,
              VERSION,
              COMMIT,
              RPC_PROTOCOL,
              ERROR,
              IPFS,
              PEER_NAME),
          PeerCodecs::makePeerInfo);

  private static final Field<Metric, String> METRIC_NAME =
      omitted("n", Codecs.STRING, "", Metric::name);
  private static final Field<Metric, PeerId> METRIC_PEER = expected("p", Codecs.PEER, Metric::peer);
  private static final Field<Metric, String> METRIC_VALUE =
      omitted("v", Codecs.STRING, "", Metric::value);
  private static final Field<Metric, Instant> EXPIRE =
      omitted("e", Codecs.UNIX_NANOS, Instant.EPOCH, Metric::expire);
  private static final Field<Metric, Boolean> VALID =
      omitted("d", Codecs.BOOL, false, Metric::valid);
  private static final Field<Metric, Long> WEIGHT = omitted("w", Codecs.LONG, 0L, Metric::weight);
  private static final Field<Metric, Boolean> PARTITIONABLE =
      omitted("o", Codecs.BOOL, false, Metric::partitionable);
  private static final Field<Metric, Instant> RECEIVED_AT =
      omitted("t", Codecs.UNIX_NANOS, Instant.EPOCH, Metric::receivedAt);

  private static final List<Field<Metric, ?>> METRIC_FIELDS =
      List.of(
          METRIC_NAME,
          METRIC_PEER,
          METRIC_VALUE,
          EXPIRE,
          VALID,
          WEIGHT,
          PARTITIONABLE,
          RECEIVED_AT);

  static final Codec<Metric> METRIC = new StructCodec<>(METRIC_FIELDS, PeerCodecs::makeMetric);

  private static final Field<Alert, Instant> TRIGGERED_AT =
      omitted("r", Codecs.TIME, MsgWriter.NO_TIME, Alert::triggeredAt);

  static final Codec<Alert> ALERT =
      new StructCodec<>(
          alertFields(), values -> new Alert(makeMetric(values), values.get(TRIGGERED_AT)));

  private static final Field<ConnectGraph, PeerId> GRAPH_ID =
      required("id", Codecs.PEER, ConnectGraph::clusterId);
  private static final Field<ConnectGraph, Map<PeerId, String>> NAMES =
      omitted("ip", Codecs.byPeer(Codecs.STRING), Map.of(), ConnectGraph::idToPeerName);
  private static final Field<ConnectGraph, Map<PeerId, List<PeerId>>> IPFS_LINKS =
      omitted("il", Codecs.byPeer(Codecs.PEERS), Map.of(), ConnectGraph::ipfsLinks);
  private static final Field<ConnectGraph, Map<PeerId, List<PeerId>>> CLUSTER_LINKS =
      omitted("cl", Codecs.byPeer(Codecs.PEERS), Map.of(), ConnectGraph::clusterLinks);
  private static final Field<ConnectGraph, Map<PeerId, Boolean>> TRUST_LINKS =
      omitted("ctl", Codecs.byPeer(Codecs.BOOL), Map.of(), ConnectGraph::clusterTrustLinks);
  private static final Field<ConnectGraph, Map<PeerId, PeerId>> CLUSTER_TO_IPFS =
      omitted("ci", Codecs.byPeer(Codecs.PEER), Map.of(), ConnectGraph::clusterToIpfs);

  static final Codec<ConnectGraph> GRAPH =
      new StructCodec<>(
          List.of(GRAPH_ID, NAMES, IPFS_LINKS, CLUSTER_LINKS, TRUST_LINKS, CLUSTER_TO_IPFS),
          values ->
              new ConnectGraph(
                  values.get(GRAPH_ID),
                  values.get(NAMES),
                  values.get(IPFS_LINKS),
                  values.get(CLUSTER_LINKS),
                  values.get(TRUST_LINKS),
                  values.get(CLUSTER_TO_IPFS)));

  private PeerCodecs() {}

  private static PeerInfo makePeerInfo(StructCodec.Values values) throws IOException {
    return new PeerInfo(
        values.get(ID),
        values.get(ADDRESSES),
        values.get(CLUSTER_PEERS),
        values.get(CLUSTER_ADDRESSES),
        values.get(VERSION),
        values.get(COMMIT),
        values.get(RPC_PROTOCOL),
        values.get(ERROR),
        values.get(IPFS),
        values.get(PEER_NAME));
  }

  private static Metric makeMetric(StructCodec.Values values) throws IOException {
    return new Metric(
        values.get(METRIC_NAME),
        values.get(METRIC_PEER),
        values.get(METRIC_VALUE),
        values.get(EXPIRE),
        values.get(VALID),
        values.get(WEIGHT),
        values.get(PARTITIONABLE),
        values.get(RECEIVED_AT));
  }

  private static List<Field<Alert, ?>> alertFields() {
    List<Field<Alert, ?>> fields = new ArrayList<>();
    METRIC_FIELDS.forEach(field -> fields.add(field.of(Alert::metric)));
    fields.add(TRIGGERED_AT);
    return fields;
  }
}
