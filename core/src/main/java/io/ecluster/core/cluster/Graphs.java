package io.ecluster.core.cluster;

import io.ecluster.core.cluster.Fanout.Answer;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.rpc.ConnectGraph;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws who is connected to whom by asking every member. */
final class Graphs {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Members members;
  private final Fanout fanout;
  private final Consensus consensus;
  private final Map<PeerId, String> names = new HashMap<>();
  private final Map<PeerId, List<PeerId>> ipfsLinks = new HashMap<>();
  private final Map<PeerId, List<PeerId>> clusterLinks = new HashMap<>();
  private final Map<PeerId, Boolean> trusted = new HashMap<>();
  private final Map<PeerId, PeerId> ipfsIds = new HashMap<>();

  private Graphs(Members members, Fanout fanout, Consensus consensus) {
    this.members = members;
    this.fanout = fanout;
    this.consensus = consensus;
  }

  static ConnectGraph draw(Members members, Fanout fanout, Consensus consensus) {
    return new Graphs(members, fanout, consensus).draw();
  }

  private ConnectGraph draw() {
    List<PeerId> all = members.all();
    all.forEach(peer -> trusted.put(peer, consensus.trusts(peer)));
    all.forEach(peer -> clusterLinks.put(peer, new ArrayList<>()));
    fanout.stream(
        all, RpcMethods.CLUSTER_PEERS, List.<Nothing>of(), TIMEOUT, this::recordClusterLink);
    fanout.call(
        Set.copyOf(ipfsIds.keySet()),
        RpcMethods.IPFS_SWARM_PEERS,
        Nothing.NOTHING,
        TIMEOUT,
        this::recordIpfsLinks);
    return new ConnectGraph(members.self(), names, ipfsLinks, clusterLinks, trusted, ipfsIds);
  }

  private void recordClusterLink(PeerId from, PeerInfo to) {
    if (!to.error().isEmpty()) {
      return;
    }
    names.putIfAbsent(to.id(), to.peerName());
    if (to.id().equals(from)) {
      to.ipfs().id().ifPresent(ipfs -> ipfsIds.put(from, ipfs));
    } else {
      clusterLinks.computeIfAbsent(from, _ -> new ArrayList<>()).add(to.id());
    }
  }

  private void recordIpfsLinks(Answer<List<PeerId>> answer) {
    if (answer instanceof Answer.Reply<List<PeerId>>(PeerId peer, List<PeerId> linked)) {
      PeerId ipfs = ipfsIds.get(peer);
      if (ipfs != null) {
        ipfsLinks.put(ipfs, linked);
      }
    }
  }
}
