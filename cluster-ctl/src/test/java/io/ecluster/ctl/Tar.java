package io.ecluster.ctl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Archives made entry by entry, also such as no honest server sends. */
final class Tar {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes);

  Tar() {
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
  }

  Tar folder(String name) {
    return entry(new TarArchiveEntry(name + "/", true), "");
  }

  Tar file(String name, String content) {
    return entry(new TarArchiveEntry(name, true), content);
  }

  Tar link(String name, String target) {
    return special(name, TarConstants.LF_SYMLINK, target);
  }

  Tar special(String name, byte kind, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
    entry.setLinkName(target);
    return entry(entry, "");
  }

  /** The GNU entry that holds the long name, or link target, of the one after it. */
  Tar longText(byte kind, int length) {
    return entry(new TarArchiveEntry("././@LongLink", kind, true), "n".repeat(length));
  }

  private Tar entry(TarArchiveEntry entry, String content) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    entry.setSize(data.length);
    try {
      out.putArchiveEntry(entry);
      out.write(data);
      out.closeArchiveEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  byte[] end() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
