package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;

/**
 * Bytes and the CID they are found under. The array is shared, not copied: nobody changes it after
 * the block is made. Not a map key.
 */
public record Block(Cid cid, byte[] data) {
  /** No block of a DAG is larger: the limit bitswap sets, and so the most we read from anyone. */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  /**
   * A block whose bytes came from somewhere that is not trusted.
   *
   * @throws FormatException if the bytes do not hash to the CID
   */
  public static Block verified(Cid cid, byte[] data) {
    if (!cid.hash().matches(data)) {
      throw new FormatException("bytes do not match CID " + cid);
    }
    return new Block(cid, data);
  }

  public int size() {
    return data.length;
  }
}
