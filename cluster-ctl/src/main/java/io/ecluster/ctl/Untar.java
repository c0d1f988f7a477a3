package io.ecluster.ctl;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the tar of a folder. Everything goes into a fresh folder beside the target that takes the
 * target's name when the whole has come, so that a broken transfer leaves nothing. No entry can
 * lead out of it: links are made as they are, but nothing is written through one.
 */
final class Untar {
  /** The header of an entry with its long names; what needs more is an attack on our memory. */
  private static final int MAX_HEADER_BYTES = 1024 * 1024;

  private Untar() {}

  /**
   * @param whole throws if the transfer met an error
   */
  static void extract(InputStream in, Path target, Runnable whole) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new LocalException("error : " + target + " exists already");
    }
    Path parent = target.toAbsolutePath().getParent();
    Path partial = Files.createTempDirectory(parent, ".ecget-");
    try {
      unpack(in, partial);
      whole.run();
      Path root = partial.resolve("root");
      if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
        throw new LocalException("error : the archive is empty");
      }
      Files.move(root, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(partial);
    }
  }

  private static void unpack(InputStream in, Path folder) throws IOException {
    HeaderLimit limited = new HeaderLimit(in);
    try (TarArchiveInputStream tar = new TarArchiveInputStream(limited)) {
      for (TarArchiveEntry e = next(tar, limited); e != null; e = next(tar, limited)) {
        write(tar, e, place(folder, e.getName()));
      }
      in.transferTo(OutputStream.nullOutputStream()); // to the trailers behind the end
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar, HeaderLimit limited)
      throws IOException {
    limited.begin();
    TarArchiveEntry entry = tar.getNextEntry();
    limited.end();
    return entry;
  }

  /** The first part of every name is the root's; the rest is kept. */
  private static Path place(Path folder, String name) {
    Path root = folder.resolve("root");
    int slash = name.indexOf('/');
    Path place = slash < 0 ? root : inside(root, name.substring(slash + 1));
    if (!place.startsWith(root)) {
      throw new LocalException("error : the archive names a path outside of it: " + name);
    }
    for (Path up = place.getParent(); up != null && up.startsWith(root); up = up.getParent()) {
      if (Files.isSymbolicLink(up)) {
        throw new LocalException("error : the archive writes through a link: " + name);
      }
    }
    return place;
  }

  private static Path inside(Path root, String name) {
    return named(() -> root.resolve(name).normalize());
  }

  private static Path linkTarget(String name) {
    return named(() -> Path.of(name));
  }

  private static Path named(Supplier<Path> path) {
    try {
      return path.get();
    } catch (InvalidPathException e) {
      throw new LocalException("error : the archive has a name that no file can have");
    }
  }

  private static void write(InputStream tar, TarArchiveEntry entry, Path place) throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(place);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(place.getParent());
      Files.createSymbolicLink(place, linkTarget(entry.getLinkName()));
    } else if (isPlain(entry)) {
      Files.createDirectories(place.getParent());
      Files.copy(tar, place);
    } else {
      throw new LocalException("error : unexpected kind of entry: " + entry.getName());
    }
  }

  private static boolean isPlain(TarArchiveEntry entry) {
    return entry.isFile()
        && !entry.isLink()
        && !entry.isFIFO()
        && !entry.isCharacterDevice()
        && !entry.isBlockDevice();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Bounds what is read while an entry is looked for. */
  private static final class HeaderLimit extends FilterInputStream {
    private long left = Long.MAX_VALUE;

    HeaderLimit(InputStream in) {
      super(in);
    }

    void begin() {
      left = MAX_HEADER_BYTES;
    }

    void end() {
      left = Long.MAX_VALUE;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (left <= 0) {
        throw new LocalException("error : the archive has an entry whose name is too long");
      }
      int count = in.read(bytes, from, (int) Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(Math.min(count, left));
      left -= skipped;
      return skipped;
    }
  }
}
