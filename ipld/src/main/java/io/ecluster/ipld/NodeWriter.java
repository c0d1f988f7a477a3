package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.util.List;

/** Makes blocks of nodes as an import's options say, and emits them. */
final class NodeWriter {
  private final ImportOptions options;
  private final BlockSink sink;

  NodeWriter(ImportOptions options, BlockSink sink) {
    this.options = options;
    this.sink = sink;
  }

  void put(Block block) {
    sink.put(block);
  }

  /** The block of a leaf whose bytes have been hashed. */
  Block leaf(byte[] data, Multihash hash) {
    return new Block(options.rawLeaves() ? Cid.v1(Multicodec.RAW, hash) : dagPbCid(hash), data);
  }

  /** Emits the inner node of a file over these children. */
  Imported fileNode(List<Imported> children) {
    List<PbLink> links =
        children.stream().map(child -> new PbLink(child.root(), "", child.dagSize())).toList();
    return node(UnixFs.fileOf(children.stream().map(Imported::fileSize).toList()), links);
  }

  /**
   * Emits a UnixFS node.
   *
   * @throws FormatException if it does not fit a block
   */
  Imported node(UnixFs data, List<PbLink> links) {
    byte[] bytes = DagPb.encode(new PbNode(links, data.encode()));
    if (bytes.length > Block.MAX_BYTES) {
      throw new FormatException(
          "a node with "
              + links.size()
              + " links takes "
              + bytes.length
              + " bytes; a block holds "
              + Block.MAX_BYTES);
    }
    Cid cid = dagPbCid(options.hash().hash(bytes));
    sink.put(new Block(cid, bytes));
    long below = links.stream().mapToLong(PbLink::tsize).sum();
    return new Imported(cid, data.sizeOrZero(), bytes.length + below);
  }

  private Cid dagPbCid(Multihash hash) {
    return options.cidVersion() == 0 ? Cid.v0(hash) : Cid.v1(Multicodec.DAG_PB, hash);
  }
}
