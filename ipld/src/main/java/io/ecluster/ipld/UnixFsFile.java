package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.io.OutputStream;

/** A file whose root block has been read. */
public final class UnixFsFile implements UnixFsNode {
  private final Cid cid;
  private final FileNode root;
  private final BlockSource source;

  UnixFsFile(Cid cid, FileNode root, BlockSource source) {
    this.cid = cid;
    this.root = root;
    this.source = source;
  }

  @Override
  public Cid cid() {
    return cid;
  }

  /** Bytes of the file. */
  public long size() {
    return root.size();
  }

  /** Writes all of the file. Errors are those of the long form. */
  public void writeTo(OutputStream out) throws IOException {
    writeTo(out, 0, size(), Prefetcher.NONE);
  }

  /**
   * Writes the bytes from {@code from} up to, not including, {@code to}, of which those behind the
   * file's end do not exist. Reads only the blocks that hold them, and names these to the
   * prefetcher up to {@value FileReader#READ_AHEAD_BYTES} bytes before it asks the source.
   *
   * @throws BlockNotFoundException if a block cannot be had
   * @throws io.ecluster.multiformats.FormatException if a block is not what its parent says
   */
  public void writeTo(OutputStream out, long from, long to, Prefetcher prefetcher)
      throws IOException {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("not a range: " + from + " to " + to);
    }
    new FileReader(source, prefetcher, out, from, to).run(root);
  }

  /**
   * Gives the blocks that hold bytes {@code from} to {@code to}, the root first, each node before
   * those below it, in the order of the file; blocks that repeat are given each time.
   *
   * @throws BlockNotFoundException if a block cannot be had
   * @throws io.ecluster.multiformats.FormatException if a block is not what its parent says
   */
  public void forEachBlock(long from, long to, BlockSink visitor) {
    visit(cid, 0, 0, from, to, visitor);
  }

  private void visit(Cid node, int depth, long offset, long from, long to, BlockSink visitor) {
    if (depth > FileReader.MAX_DEPTH) {
      throw new FormatException("file is nested deeper than " + FileReader.MAX_DEPTH);
    }
    byte[] data = source.read(node);
    visitor.put(new Block(node, data));
    for (FileNode.Part part : FileNode.parse(node, data).parts()) {
      long start = offset + part.offset();
      if (Math.max(start, from) < Math.min(start + part.size(), to)) {
        visit(part.cid(), depth + 1, start, from, to, visitor);
      }
    }
  }
}
