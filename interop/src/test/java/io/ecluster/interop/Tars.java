package io.ecluster.interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What is in tar archives. */
final class Tars {
  private Tars() {}

  /** The bytes of the one file in an archive. */
  static byte[] onlyFile(byte[] tar) throws IOException {
    try (TarArchiveInputStream entries = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
      for (TarArchiveEntry entry = entries.getNextEntry();
          entry != null;
          entry = entries.getNextEntry()) {
        if (entry.isFile()) {
          return entries.readAllBytes();
        }
      }
    }
    throw new AssertionError("no file in the archive");
  }
}
