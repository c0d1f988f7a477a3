package io.ecluster.core.consensus;

import io.ecluster.core.state.Datastore;
import io.ecluster.ipfs.bitswap.LocalBlocks;
import io.ecluster.multiformats.Cid;
import java.util.Optional;

/** The delta blocks of this peer, for a bitswap server on the cluster's host to give away. */
public final class CrdtBlocks implements LocalBlocks {
  private final Datastore store;

  public CrdtBlocks(Datastore store) {
    this.store = store;
  }

  @Override
  public Optional<byte[]> get(Cid cid) {
    return store.get(CrdtKeys.block(cid));
  }

  /** Reads the block: delta blocks are small, and the datastore keeps no sizes. */
  @Override
  public Optional<Integer> size(Cid cid) {
    return get(cid).map(bytes -> bytes.length);
  }
}
