package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.util.List;

/** What a block links to, whatever its codec. */
public final class BlockLinks {
  private BlockLinks() {}

  /** Whether blocks with this CID's codec never link anywhere. */
  public static boolean isLeaf(Cid cid) {
    return cid.codec() == Multicodec.RAW;
  }

  /**
   * The links of a block in their order, with repeats.
   *
   * @throws FormatException if the bytes are not what the codec says, or we do not know the codec
   */
  public static List<Cid> of(Cid cid, byte[] data) {
    if (isLeaf(cid)) {
      return List.of();
    }
    if (cid.codec() == Multicodec.DAG_PB) {
      return DagPb.decode(data).links().stream().map(PbLink::hash).toList();
    }
    if (cid.codec() == Multicodec.DAG_CBOR) {
      return DagCbor.links(DagCbor.decode(data));
    }
    throw new FormatException(
        "cannot read the links of codec 0x" + Long.toHexString(cid.codec()) + " in " + cid);
  }
}
