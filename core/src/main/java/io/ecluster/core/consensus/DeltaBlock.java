package io.ecluster.core.consensus;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.DagPb;
import io.ecluster.ipld.PbLink;
import io.ecluster.ipld.PbNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import java.util.List;

/**
 * A delta in its block: a dag-pb node whose links are the heads that its writer knew.
 *
 * @param bytes shared, not copied
 */
record DeltaBlock(Cid cid, byte[] bytes, List<Cid> links, Delta delta) {
  /** What others may send: any block of bitswap. Go ends a batch once its delta is above 1 MiB. */
  static final int MAX_BYTES = Block.MAX_BYTES;

  DeltaBlock {
    links = List.copyOf(links);
  }

  /** A new block on top of {@code heads}, which are in the order of their bytes. */
  static DeltaBlock of(List<Cid> heads, Delta delta) {
    List<PbLink> links = heads.stream().map(head -> new PbLink(head, "", 0)).toList();
    byte[] bytes = DagPb.encode(new PbNode(links, delta.encode()));
    return new DeltaBlock(cidOf(bytes), bytes, heads, delta);
  }

  /**
   * Parses a block that came from anywhere.
   *
   * @throws FormatException if it is too large, is not the block of that name, no dag-pb node,
   *     holds no delta or links to what cannot be one
   */
  static DeltaBlock decode(Cid cid, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new FormatException(bytes.length + " bytes; at most " + MAX_BYTES + " are accepted");
    }
    if (!cidOf(bytes).equals(cid)) {
      throw new FormatException("bytes do not match CID " + cid);
    }
    PbNode node = DagPb.decode(bytes);
    byte[] data = node.data();
    if (data == null) {
      throw new FormatException("block " + cid + " holds no delta");
    }
    List<Cid> links =
        node.links().stream().map(link -> CrdtKeys.requireBlock(link.hash())).distinct().toList();
    return new DeltaBlock(cid, bytes, links, Delta.decode(data));
  }

  private static Cid cidOf(byte[] bytes) {
    return CrdtKeys.blockCid(HashFunction.SHA2_256.hash(bytes));
  }

  String name() {
    return CrdtKeys.blockName(cid);
  }
}
