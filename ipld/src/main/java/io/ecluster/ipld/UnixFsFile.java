package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
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
}
