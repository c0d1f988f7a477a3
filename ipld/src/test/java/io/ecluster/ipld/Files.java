package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Reads whole files out of a source. */
final class Files {
  private Files() {}

  static byte[] read(Cid cid, BlockSource source) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ((UnixFsFile) UnixFsNode.open(cid, source)).writeTo(out);
    return out.toByteArray();
  }
}
