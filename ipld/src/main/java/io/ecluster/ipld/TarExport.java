package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes a file, folder or symlink as a tar stream, as {@code ipfs get --archive} does. Names that
 * would leave the folder are refused; where symlinks point is for those who unpack to judge.
 */
public final class TarExport {
  /** Keeps hostile trees off the stack's end. */
  private static final int MAX_DEPTH = 256;

  private static final int FILE_MODE = 0100644;
  private static final int FOLDER_MODE = 040755;
  private static final int LINK_MODE = 0120777;

  private final BlockSource source;
  private final Prefetcher prefetcher;
  private final FileTime modified;

  /**
   * An exporter.
   *
   * @param modified the time that all entries get: UnixFS rarely has one
   */
  public TarExport(BlockSource source, Prefetcher prefetcher, Instant modified) {
    this.source = source;
    this.prefetcher = prefetcher;
    this.modified = FileTime.from(modified);
  }

  /**
   * Writes what is under a CID with {@code name} as its top-level entry, and the end of the
   * archive; the stream stays open.
   *
   * @throws BlockNotFoundException if a block cannot be had
   * @throws FormatException if one is malformed or an entry has a name that could do harm
   */
  public void write(Cid root, String name, OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    writeNode(root, EntryName.require(name), tar, 0);
    tar.finish();
    tar.flush();
  }

  private void writeNode(Cid cid, String path, TarArchiveOutputStream tar, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new FormatException("folders are nested deeper than " + MAX_DEPTH);
    }
    switch (UnixFsNode.open(cid, source)) {
      case UnixFsFile file -> writeFile(file, path, tar);
      case UnixFsSymlink link -> writeSymlink(link, path, tar);
      case UnixFsDirectory folder -> writeFolder(folder, path, tar, depth);
    }
  }

  private void writeFile(UnixFsFile file, String path, TarArchiveOutputStream tar)
      throws IOException {
    TarArchiveEntry entry = entry(path, TarConstants.LF_NORMAL, FILE_MODE);
    entry.setSize(file.size());
    tar.putArchiveEntry(entry);
    file.writeTo(tar, 0, file.size(), prefetcher);
    tar.closeArchiveEntry();
  }

  private void writeSymlink(UnixFsSymlink link, String path, TarArchiveOutputStream tar)
      throws IOException {
    TarArchiveEntry entry = entry(path, TarConstants.LF_SYMLINK, LINK_MODE);
    entry.setLinkName(link.target());
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private void writeFolder(
      UnixFsDirectory folder, String path, TarArchiveOutputStream tar, int depth)
      throws IOException {
    tar.putArchiveEntry(entry(path + "/", TarConstants.LF_DIR, FOLDER_MODE));
    tar.closeArchiveEntry();
    for (UnixFsDirectory.Entry child : folder.entries()) {
      writeNode(child.cid(), path + "/" + EntryName.require(child.name()), tar, depth + 1);
    }
  }

  private TarArchiveEntry entry(String path, byte type, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(path, type);
    entry.setMode(mode);
    entry.setLastModifiedTime(modified);
    entry.setUserName("");
    return entry;
  }
}
