package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;

/** Somewhere blocks can be read from. */
@FunctionalInterface
public interface BlockSource {
  /**
   * The bytes of a block, checked against its CID.
   *
   * @throws BlockNotFoundException if it cannot be had
   */
  byte[] get(Cid cid);

  /** As {@link #get}, but an identity CID, which carries its bytes, is answered without asking. */
  default byte[] read(Cid cid) {
    return cid.hash().isIdentity() ? cid.hash().digest() : get(cid);
  }
}
