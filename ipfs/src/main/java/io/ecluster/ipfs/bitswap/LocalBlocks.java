package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import java.util.Optional;

/**
 * The blocks a bitswap server may give away. Codec and version of the CID do not matter: only its
 * multihash does.
 */
public interface LocalBlocks {
  Optional<byte[]> get(Cid cid);

  /** Size in bytes, without reading the block. */
  Optional<Integer> size(Cid cid);
}
