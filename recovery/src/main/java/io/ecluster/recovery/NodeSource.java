package io.ecluster.recovery;

import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/** Manifests and group nodes: from the own store, else from whichever live peer has them. */
final class NodeSource implements BlockSource {
  private final IpfsNode ipfs;
  private final PeerBlocks blocks;
  private final Peers peers;

  NodeSource(IpfsNode ipfs, PeerBlocks blocks, Peers peers) {
    this.ipfs = ipfs;
    this.blocks = blocks;
    this.peers = peers;
  }

  @Override
  public byte[] get(Cid cid) {
    return ipfs.getLocal(cid).or(() -> fromPeers(cid)).orElseThrow(() -> notFound(cid));
  }

  private Optional<byte[]> fromPeers(Cid cid) {
    return peers.live().stream()
        .filter(peer -> !peer.equals(peers.self()))
        .flatMap(peer -> ask(peer, cid).stream())
        .findFirst();
  }

  private Optional<byte[]> ask(PeerId peer, Cid cid) {
    try {
      return Optional.ofNullable(blocks.read(peer, List.of(cid)).get(cid));
    } catch (RpcException e) {
      return Optional.empty();
    }
  }

  private BlockNotFoundException notFound(Cid cid) {
    return new BlockNotFoundException(cid, "none of " + peers.live().size() + " live peers has it");
  }
}
