package io.ecluster.service.proxy;

import io.ecluster.client.Json;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What clients ask a node of itself. Where there is Kubo it answers; the node inside the daemon is
 * answered for here, so that clients which begin with such calls go on.
 */
final class NodeCommands {
  private final IpfsNode node;
  private final String version;

  NodeCommands(IpfsNode node, String version) {
    this.node = node;
    this.version = version;
  }

  Map<String, Command> commands() {
    Map<String, Command> commands = new TreeMap<>();
    commands.put("id", (x, _) -> answer(x, id()));
    commands.put("version", (x, _) -> answer(x, version()));
    commands.put("swarm/peers", (x, _) -> answer(x, peers()));
    return commands;
  }

  /** {@code repo/stat}, which is the cluster's with Kubo too. */
  static Command repoStat(Supplier<IpfsNode.RepoStat> sum) {
    return (x, _) -> {
      IpfsNode.RepoStat stat = sum.get();
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("RepoSize", stat.repoSize());
      json.put("StorageMax", stat.storageMax());
      answer(x, json);
    };
  }

  private Map<String, Object> id() {
    IpfsNode.NodeId id = node.id();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ID", id.id().toString());
    json.put("PublicKey", publicKey(id.id()));
    json.put(
        "Addresses",
        id.addresses().stream()
            .map(Object::toString)
            .map(address -> address.contains("/p2p/") ? address : address + "/p2p/" + id.id())
            .toList());
    json.put("AgentVersion", "ipfs-cluster/" + version);
    json.put("Protocols", List.of());
    return json;
  }

  /** Ids of short keys are the keys. */
  private static String publicKey(PeerId id) {
    Multihash hash = id.hash();
    return hash.isIdentity() ? Base64.getEncoder().encodeToString(hash.digest()) : "";
  }

  private Map<String, Object> version() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Version", version);
    json.put("Commit", "");
    json.put("Repo", "");
    json.put("System", System.getProperty("os.arch") + "/" + System.getProperty("os.name"));
    json.put("Golang", "");
    return json;
  }

  private Map<String, Object> peers() {
    List<Map<String, Object>> peers = node.swarmPeers().stream().map(NodeCommands::peer).toList();
    return Map.of("Peers", peers);
  }

  private static Map<String, Object> peer(PeerId id) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Addr", "");
    json.put("Peer", id.toString());
    return json;
  }

  private static void answer(Exchange x, Map<String, Object> json) {
    x.answer(200, "application/json", Json.write(json).getBytes(StandardCharsets.UTF_8));
  }
}
