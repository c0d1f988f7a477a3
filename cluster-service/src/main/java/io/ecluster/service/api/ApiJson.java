package io.ecluster.service.api;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.rpc.ConnectGraph;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.libp2p.Traffic;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.state.PinJson;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON objects of the HTTP API: the names, the order and the empty values that Go clients know.
 */
final class ApiJson {
  private ApiJson() {}

  static Map<String, @Nullable Object> pin(Pin pin) {
    return PinJson.write(pin);
  }

  static Map<String, @Nullable Object> pinInfo(GlobalPinInfo info) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("cid", info.cid().toString());
    json.put("name", info.name());
    json.put("allocations", texts(info.allocations()));
    json.put("origins", texts(info.origins()));
    json.put("created", PinJson.time(info.created()));
    json.put("metadata", sorted(info.metadata()));
    json.put("peer_map", byPeer(info.peers(), ApiJson::shortInfo));
    return json;
  }

  private static Map<String, @Nullable Object> shortInfo(PinInfo info) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("peername", info.peerName());
    info.ipfsId().ifPresent(id -> json.put("ipfs_peer_id", id.toString()));
    if (!info.ipfsAddresses().isEmpty()) {
      json.put("ipfs_peer_addresses", texts(info.ipfsAddresses()));
    }
    json.put("status", info.status().text());
    json.put("timestamp", PinJson.time(info.timestamp()));
    json.put("error", info.error());
    json.put("attempt_count", info.attempts());
    json.put("priority_pin", info.priority());
    return json;
  }

  static Map<String, @Nullable Object> peer(PeerInfo peer) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", peer.id().toString());
    json.put("addresses", texts(peer.addresses()));
    json.put("cluster_peers", texts(peer.clusterPeers()));
    json.put("cluster_peers_addresses", texts(peer.clusterPeersAddresses()));
    json.put("version", peer.version());
    json.put("commit", peer.commit());
    json.put("rpc_protocol_version", peer.rpcProtocolVersion());
    json.put("error", peer.error());
    json.put("ipfs", ipfs(peer.ipfs()));
    json.put("peername", peer.peerName());
    return json;
  }

  private static Map<String, @Nullable Object> ipfs(PeerInfo.IpfsInfo ipfs) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    ipfs.id().ifPresent(id -> json.put("id", id.toString()));
    json.put("addresses", ipfs.error().isEmpty() ? texts(ipfs.addresses()) : null);
    json.put("error", ipfs.error());
    return json;
  }

  static Map<String, @Nullable Object> metric(Metric metric) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", metric.name());
    json.put("peer", metric.peer().toString());
    json.put("value", metric.value());
    json.put("expire", nanos(metric.expire()));
    json.put("valid", metric.valid());
    json.put("weight", metric.weight());
    json.put("partitionable", metric.partitionable());
    json.put("received_at", nanos(metric.receivedAt()));
    return json;
  }

  static Map<String, @Nullable Object> alert(Monitor.Alert alert) {
    Map<String, @Nullable Object> json = metric(alert.metric());
    json.put("triggered_at", PinJson.time(alert.triggeredAt()));
    return json;
  }

  static Map<String, @Nullable Object> repoGc(Map<PeerId, RepoGc> results) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("peer_map", byPeer(results, ApiJson::repoGc));
    return json;
  }

  private static Map<String, @Nullable Object> repoGc(RepoGc result) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("peer", result.peer().toString());
    json.put("peername", result.peerName());
    json.put("keys", result.keys().stream().map(ApiJson::gcKey).toList());
    putUnlessEmpty(json, "error", result.error());
    return json;
  }

  private static Map<String, @Nullable Object> gcKey(RepoGc.Key key) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("key", key.cid().map(Object::toString).orElse(null));
    putUnlessEmpty(json, "error", key.error());
    return json;
  }

  static Map<String, @Nullable Object> graph(ConnectGraph graph) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("cluster_id", graph.clusterId().toString());
    json.put("id_to_peername", byPeer(graph.idToPeerName(), name -> name));
    json.put("ipfs_links", byPeer(graph.ipfsLinks(), ApiJson::texts));
    json.put("cluster_links", byPeer(graph.clusterLinks(), ApiJson::texts));
    json.put("cluster_trust_links", byPeer(graph.clusterTrustLinks(), trust -> trust));
    json.put("cluster_to_ipfs", byPeer(graph.clusterToIpfs(), PeerId::toString));
    return json;
  }

  static Map<String, @Nullable Object> bandwidth(Map<String, Traffic> byProtocol) {
    Map<String, @Nullable Object> json = new TreeMap<>();
    byProtocol.forEach((protocol, traffic) -> {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("total_in", traffic.bytesIn());
      one.put("total_out", traffic.bytesOut());
      one.put("rate_in", traffic.rateIn());
      one.put("rate_out", traffic.rateOut());
      json.put(protocol, one);
    });
    return json;
  }

  static Map<String, @Nullable Object> error(int code, String message) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("code", code);
    json.put("message", message);
    return json;
  }

  static void putUnlessEmpty(Map<String, @Nullable Object> json, String key, String text) {
    if (!text.isEmpty()) {
      json.put(key, text);
    }
  }

  static List<String> texts(Collection<?> values) {
    return values.stream().map(Object::toString).toList();
  }

  private static <T> Map<String, @Nullable Object> byPeer(
      Map<PeerId, T> values, Function<T, Object> write) {
    Map<String, @Nullable Object> json = new TreeMap<>();
    values.forEach((peer, value) -> json.put(peer.toString(), write.apply(value)));
    return json;
  }

  private static Map<String, String> sorted(Map<String, String> map) {
    return new TreeMap<>(map);
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
