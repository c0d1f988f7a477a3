package io.ecluster.ipfs.bitswap;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What any IPFS node stores, for a bitswap server that stands beside it. While the node does not
 * answer it stores nothing.
 */
public record NodeBlocks(IpfsNode node) implements LocalBlocks {
  private static final Logger log = LoggerFactory.getLogger(NodeBlocks.class);

  @Override
  public Optional<byte[]> get(Cid cid) {
    return orNothing(() -> node.getLocal(cid));
  }

  @Override
  public Optional<Integer> size(Cid cid) {
    return orNothing(() -> node.localSize(cid));
  }

  private static <T> Optional<T> orNothing(Supplier<Optional<T>> look) {
    try {
      return look.get();
    } catch (IpfsException e) {
      log.debug("the node has nothing to give: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
