package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.core.rpc.Version;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.ipfs.IpfsNode;
import java.util.List;

/** Answers what the peers of a Go IPFS Cluster ask of each other. */
final class PeerService {
  private final ClusterPeer peer;
  private final PeerParts parts;
  private final GarbageCollection garbage;
  private final BlockReceiver receiver;

  PeerService(
      ClusterPeer peer, PeerParts parts, GarbageCollection garbage, BlockReceiver receiver) {
    this.peer = peer;
    this.parts = parts;
    this.garbage = garbage;
    this.receiver = receiver;
  }

  void serveOn(Rpc rpc) {
    serveCluster(rpc);
    serveTracker(rpc, parts.tracker());
    serveIpfs(rpc, parts.ipfs());
    serveConsensus(rpc);
  }

  private void serveCluster(Rpc rpc) {
    rpc.serve(RpcMethods.CLUSTER_ID, (_, _) -> peer.id());
    rpc.serveStream(RpcMethods.CLUSTER_ID_STREAM, (_, _, out) -> out.accept(peer.id()));
    rpc.serve(RpcMethods.CLUSTER_PEER_ADD, (_, joiner) -> peer.addPeer(joiner));
    rpc.serve(RpcMethods.CLUSTER_VERSION, (_, _) -> new Version(peer.version()));
    rpc.serveStream(RpcMethods.CLUSTER_PEERS, (_, _, out) -> peer.peers(out));
    rpc.serve(
        RpcMethods.CLUSTER_PEER_REMOVE,
        (_, removed) -> {
          peer.removePeer(removed);
          return Nothing.NOTHING;
        });
    rpc.serve(RpcMethods.CLUSTER_REPO_GC_LOCAL, (_, _) -> garbage.local());
  }

  private static void serveTracker(Rpc rpc, StatelessTracker tracker) {
    rpc.serve(RpcMethods.CLUSTER_RECOVER_LOCAL, (_, cid) -> tracker.recover(cid));
    rpc.serveStream(RpcMethods.CLUSTER_RECOVER_ALL_LOCAL, (_, _, out) -> tracker.recoverAll(out));
    rpc.serve(RpcMethods.TRACKER_STATUS, (_, cid) -> tracker.status(cid));
    rpc.serve(RpcMethods.TRACKER_RECOVER, (_, cid) -> tracker.recover(cid));
    rpc.serveStream(
        RpcMethods.TRACKER_STATUS_ALL,
        (_, filters, out) -> filters.forEachRemaining(filter -> tracker.statusAll(filter, out)));
  }

  private void serveIpfs(Rpc rpc, IpfsNode ipfs) {
    rpc.serveStream(
        RpcMethods.IPFS_BLOCK_STREAM, (caller, nodes, _) -> receiver.receive(caller, nodes));
    rpc.serve(RpcMethods.IPFS_REPO_STAT, (_, _) -> ipfs.repoStat());
    rpc.serve(RpcMethods.IPFS_SWARM_PEERS, (_, _) -> ipfs.swarmPeers());
  }

  private void serveConsensus(Rpc rpc) {
    rpc.serve(RpcMethods.CONSENSUS_ADD_PEER, (_, _) -> Nothing.NOTHING);
    rpc.serve(
        RpcMethods.CONSENSUS_RM_PEER,
        (_, removed) -> {
          peer.removePeer(removed);
          return Nothing.NOTHING;
        });
    rpc.serve(RpcMethods.CONSENSUS_LOG_PIN, (_, pin) -> commit(new PinChange.Put(pin)));
    rpc.serve(RpcMethods.CONSENSUS_LOG_UNPIN, (_, pin) -> commit(new PinChange.Remove(pin.cid())));
  }

  private Nothing commit(PinChange change) {
    peer.requireWriter();
    parts.consensus().commit(List.of(change));
    return Nothing.NOTHING;
  }
}
