package io.ecluster.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Unpacks the tar of a folder. Everything goes into a fresh folder beside the target that takes the
 * target's name when the whole has come, so that a broken transfer leaves nothing. No entry can
 * lead out of it.
 */
final class Untar {
  private Untar() {}

  /**
   * @param whole throws if the transfer met an error
   */
  static void extract(InputStream in, Path target, Runnable whole) throws IOException {
    if (Files.exists(target)) {
      throw new LocalException("error : " + target + " exists already");
    }
    Path parent = target.toAbsolutePath().getParent();
    Path partial = Files.createTempDirectory(parent, ".ecget-");
    try {
      unpack(in, partial);
      whole.run();
      Files.move(partial.resolve("root"), target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(partial);
    }
  }

  private static void unpack(InputStream in, Path folder) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        write(tar, e, place(folder, e.getName()));
      }
      in.transferTo(java.io.OutputStream.nullOutputStream()); // to the trailers behind the end
    }
  }

  /** The first part of every name is the root's; the rest is kept. */
  private static Path place(Path folder, String name) {
    Path root = folder.resolve("root");
    int slash = name.indexOf('/');
    Path place = slash < 0 ? root : root.resolve(name.substring(slash + 1)).normalize();
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

  private static void write(InputStream tar, TarArchiveEntry entry, Path place) throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(place);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(place.getParent());
      Files.createSymbolicLink(place, Path.of(entry.getLinkName()));
    } else if (entry.isFile()) {
      Files.createDirectories(place.getParent());
      Files.copy(tar, place);
    } else {
      throw new LocalException("error : unexpected kind of entry: " + entry.getName());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
