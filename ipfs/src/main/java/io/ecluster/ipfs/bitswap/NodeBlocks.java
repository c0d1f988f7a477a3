package io.ecluster.ipfs.bitswap;

import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import java.util.Optional;

/** What any IPFS node stores, for a bitswap server that stands beside it. */
public record NodeBlocks(IpfsNode node) implements LocalBlocks {
  @Override
  public Optional<byte[]> get(Cid cid) {
    return node.getLocal(cid);
  }

  @Override
  public Optional<Integer> size(Cid cid) {
    return node.localSize(cid);
  }
}
