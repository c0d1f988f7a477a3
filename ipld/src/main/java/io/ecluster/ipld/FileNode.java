package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.List;

/**
 * One node of a file: its own bytes, then the parts below its links.
 *
 * @param size bytes of file in and below this node
 */
record FileNode(byte[] data, List<Part> parts, long size) {
  /**
   * What a link leads to.
   *
   * @param offset where it begins, counted from the beginning of the node
   * @param size bytes of file in it
   */
  record Part(Cid cid, long offset, long size) {}

  FileNode {
    parts = List.copyOf(parts);
  }

  /**
   * Parses a block.
   *
   * @throws FormatException if it is not a node of a file
   */
  static FileNode parse(Cid cid, byte[] block) {
    if (cid.codec() == Multicodec.RAW) {
      return new FileNode(block, List.of(), block.length);
    }
    if (cid.codec() != Multicodec.DAG_PB) {
      throw new FormatException(cid + " is not a UnixFS node");
    }
    PbNode node = DagPb.decode(block);
    return of(cid, node, node.unixFs());
  }

  static FileNode of(Cid cid, PbNode node, UnixFs message) {
    if (message.type() != UnixFs.Type.FILE && message.type() != UnixFs.Type.RAW) {
      throw new FormatException(cid + " is not a file");
    }
    if (node.links().size() != message.blockSizes().size()) {
      throw new FormatException(
          cid
              + " has "
              + node.links().size()
              + " links and the sizes of "
              + message.blockSizes().size());
    }
    byte[] data = message.dataOrEmpty();
    List<Part> parts = new ArrayList<>();
    long offset = data.length;
    for (int i = 0; i < node.links().size(); i++) {
      long size = message.blockSizes().get(i);
      parts.add(new Part(node.links().get(i).hash(), offset, size));
      offset += size;
    }
    return new FileNode(data, parts, offset);
  }
}
