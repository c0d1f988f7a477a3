package io.ecluster.recovery;

import io.ecluster.ipld.TarExport;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.OptionalLong;

/** A file, folder or link that is being read; close it. */
public final class Content implements AutoCloseable {
  private final Cid cid;
  private final UnixFsNode node;
  private final Reading reading;

  Content(Cid cid, UnixFsNode node, Reading reading) {
    this.cid = cid;
    this.node = node;
    this.reading = reading;
  }

  /** The size of a file; nothing for folders and links, which are read as tar. */
  public OptionalLong fileSize() {
    return node instanceof UnixFsFile file ? OptionalLong.of(file.size()) : OptionalLong.empty();
  }

  /** Writes bytes [from, to) of a file. */
  public void writeTo(OutputStream out, long from, long to) throws IOException {
    if (!(node instanceof UnixFsFile file)) {
      throw new IllegalStateException(cid + " is not a file");
    }
    file.writeTo(out, from, to, reading);
  }

  /** Writes a tar with everything under {@code name}. */
  public void writeTar(OutputStream out, String name) throws IOException {
    new TarExport(reading, reading, Instant.EPOCH).write(cid, name, out);
  }

  @Override
  public void close() {
    reading.close();
  }
}
