package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;

/** A file, folder or symlink that can be read. */
public sealed interface UnixFsNode permits UnixFsFile, UnixFsDirectory, UnixFsSymlink {
  Cid cid();

  /**
   * Reads the block of a CID and says what it is.
   *
   * @throws BlockNotFoundException if it cannot be had
   * @throws FormatException if it is not UnixFS
   */
  static UnixFsNode open(Cid cid, BlockSource source) {
    byte[] block = source.read(cid);
    if (cid.codec() != Multicodec.DAG_PB) {
      return new UnixFsFile(cid, FileNode.parse(cid, block), source);
    }
    PbNode node = DagPb.decode(block);
    UnixFs message = node.unixFs();
    return switch (message.type()) {
      case FILE, RAW -> new UnixFsFile(cid, FileNode.of(cid, node, message), source);
      case DIRECTORY -> new UnixFsDirectory(cid, new PlainListing(node.links()));
      case HAMT_SHARD -> new UnixFsDirectory(cid, new ShardedListing(cid, node, source));
      case SYMLINK -> new UnixFsSymlink(cid, Utf8.decode(message.dataOrEmpty()));
      case METADATA -> throw new FormatException(cid + " is UnixFS metadata, not a file");
    };
  }
}
