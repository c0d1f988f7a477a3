package io.ecluster.service.read;

import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.Reading;

/** Opens what is to be read. */
@FunctionalInterface
public interface Blocks {
  /**
   * The blocks below a CID, for one reader, who closes it.
   *
   * @throws io.ecluster.ipld.BlockNotFoundException if what is needed to find them cannot be had
   */
  Reading open(Cid root);
}
