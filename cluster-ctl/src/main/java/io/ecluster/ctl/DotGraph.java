package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to whom, in the language of Graphviz's dot, byte for byte as the Go client
 * writes it: cluster peers in one rank, their IPFS nodes in another, each in the order of their
 * ids.
 */
final class DotGraph {
  private static final String NEW_LINE = "\n";

  /** Shown of an id: its beginning, a star and its end. */
  private static final int ID_HEAD = 2;

  private static final int ID_TAIL = 6;

  private final JsonObject answer;
  private final boolean allIpfsPeers;
  private final StringBuilder text = new StringBuilder();
  private final Map<String, String> clusterNodes = new LinkedHashMap<>();
  private final Map<String, String> ipfsNodes = new LinkedHashMap<>();

  private DotGraph(JsonObject answer, boolean allIpfsPeers) {
    this.answer = answer;
    this.allIpfsPeers = allIpfsPeers;
  }

  /**
   * @param answer what the API says at {@code /health/graph}
   * @param allIpfsPeers whether to show IPFS peers that belong to no cluster peer
   */
  static String of(JsonObject answer, boolean allIpfsPeers) {
    return new DotGraph(answer, allIpfsPeers).draw();
  }

  private String draw() {
    Map<String, List<String>> cluster = links(answer.object("cluster_links"));
    Map<String, List<String>> ipfs = ipfsLinks();
    text.append("digraph cluster {\n");
    comment("The nodes of the connectivity graph");
    comment("The cluster-service peers");
    rank("min", () -> cluster.keySet().forEach(this::clusterNode));
    comment("The ipfs peers");
    rank("max", () -> ipfsNodes(cluster.keySet(), ipfs.keySet()));
    comment("Edges representing active connections in the cluster");
    comment("The connections among cluster-service peers");
    cluster.forEach((from, to) -> edges(clusterNodes, from, to));
    text.append(NEW_LINE);
    comment("The connections between cluster peers and their ipfs daemons");
    cluster.keySet().forEach(this::daemonEdge);
    text.append(NEW_LINE);
    comment("The swarm peer connections among ipfs daemons in the cluster");
    ipfs.forEach((from, to) -> edges(ipfsNodes, from, to));
    return text.append('}').toString();
  }

  private static Map<String, List<String>> links(JsonObject links) {
    Map<String, List<String>> sorted = new TreeMap<>();
    links.keys().forEach(id -> sorted.put(id, links.texts(id)));
    return sorted;
  }

  /** Without all peers, only links between nodes that belong to cluster peers. */
  private Map<String, List<String>> ipfsLinks() {
    Map<String, List<String>> known = links(answer.object("ipfs_links"));
    Map<String, List<String>> shown = new TreeMap<>();
    known.forEach((id, peers) -> {
      shown.put(id, peers.stream().filter(p -> allIpfsPeers || known.containsKey(p)).toList());
    });
    if (allIpfsPeers) {
      Set<String> others = new TreeSet<>();
      known.values().forEach(others::addAll);
      others.forEach(id -> shown.putIfAbsent(id, List.of()));
    }
    return shown;
  }

  private void comment(String words) {
    text.append("/* ").append(words).append(" */\n");
  }

  private void rank(String name, Runnable nodes) {
    text.append("subgraph  {\nrank=\"").append(name).append("\"\n");
    nodes.run();
    text.append("}\n\n");
  }

  private void clusterNode(String id) {
    boolean self = id.equals(answer.text("cluster_id"));
    boolean trusted = answer.object("cluster_trust_links").flag(id);
    String node = (trusted && !self ? "T" : "C") + clusterNodes.size();
    clusterNodes.put(id, node);
    String name = answer.object("id_to_peername").text(id);
    String colour = self || trusted ? "orange" : "darkorange3";
    node(node, label(name, shortened(id)), id, colour, "box3d", self ? "peripheries=\"2\" " : "");
  }

  private void ipfsNodes(Set<String> clusterPeers, Set<String> ids) {
    ids.forEach(id -> ipfsNode(id, shortened(id), "turquoise3"));
    clusterPeers.stream()
        .filter(peer -> daemon(peer).isEmpty())
        .forEach(peer -> ipfsNode(peer, "Errored", "firebrick1"));
  }

  private void ipfsNode(String id, String shown, String colour) {
    String node = "I" + ipfsNodes.size();
    ipfsNodes.put(id, node);
    node(node, label("IPFS", shown), id, colour, "cylinder", "");
  }

  private void node(
      String node, String label, String group, String colour, String shape, String more) {
    text.append(node).append(" [label=").append(label);
    attribute("group", group);
    attribute("color", colour);
    attribute("style", "filled");
    attribute("colorscheme", "x11");
    attribute("fontcolor", "black");
    attribute("fontname", "Arial");
    attribute("shape", shape);
    text.append(' ').append(more).append("]\n");
  }

  private void attribute(String name, String value) {
    text.append(' ').append(name).append("=\"").append(value).append('"');
  }

  private static String label(String name, String id) {
    return "< <B> " + name + " </B> <BR/> <B> " + id + " </B> >";
  }

  private static String shortened(String id) {
    return id.length() < ID_TAIL
        ? id
        : id.substring(0, ID_HEAD) + "*" + id.substring(id.length() - ID_TAIL);
  }

  /** The IPFS node of a cluster peer; empty when it was not reached. */
  private String daemon(String peer) {
    return answer.object("cluster_to_ipfs").text(peer);
  }

  private void daemonEdge(String peer) {
    String daemon = daemon(peer);
    if (daemon.isEmpty()) {
      edge(clusterNodes.get(peer), ipfsNodes.get(peer), " [ style=\"dotted\" ]");
    } else if (ipfsNodes.containsKey(daemon)) {
      edge(clusterNodes.get(peer), ipfsNodes.get(daemon), "");
    }
  }

  private void edges(Map<String, String> nodes, String from, List<String> to) {
    to.stream().filter(nodes::containsKey).forEach(id -> edge(nodes.get(from), nodes.get(id), ""));
  }

  private void edge(@Nullable String from, @Nullable String to, String style) {
    text.append(from).append(" -> ").append(to).append(style).append(NEW_LINE);
  }
}
