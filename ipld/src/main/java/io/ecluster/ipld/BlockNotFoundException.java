package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;

/** A block that none of those asked could give. */
public class BlockNotFoundException extends RuntimeException {
  private final Cid cid;

  public BlockNotFoundException(Cid cid, String why) {
    super("block " + cid + " not found: " + why);
    this.cid = cid;
  }

  public Cid cid() {
    return cid;
  }
}
