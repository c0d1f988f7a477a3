package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;

/**
 * One entry of a wantlist.
 *
 * @param cancel takes back an earlier entry
 * @param haveOnly asks only whether the peer has the block
 * @param sendDontHave wants an answer also when the peer lacks it
 */
record Want(Cid cid, int priority, boolean cancel, boolean haveOnly, boolean sendDontHave) {
  static Want have(Cid cid, int priority) {
    return new Want(cid, priority, false, true, true);
  }

  static Want block(Cid cid, int priority) {
    return new Want(cid, priority, false, false, true);
  }

  static Want cancel(Cid cid) {
    return new Want(cid, 0, true, false, false);
  }
}
