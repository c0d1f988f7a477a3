package io.ecluster.ipfs.embedded;

import io.ecluster.ipld.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The files of a block store: drafts that become blocks by being renamed. No locks, no checks. */
final class BlockFiles {
  private static final String DRAFTS = ".temp";

  private final Path root;
  private final Path drafts;
  private final Disk disk;
  private final boolean sync;
  private final Set<String> folders = ConcurrentHashMap.newKeySet();
  private final AtomicLong draftNames = new AtomicLong();

  /** Clears the drafts that a kill left. */
  BlockFiles(Path root, Disk disk, boolean sync) throws IOException {
    this.root = root;
    this.drafts = root.resolve(DRAFTS);
    this.disk = disk;
    this.sync = sync;
    Files.createDirectories(drafts);
    for (Path draft : list(drafts, "*")) {
      Files.delete(draft);
    }
    list(root, "??").forEach(folder -> folders.add(folder.getFileName().toString()));
  }

  List<String> folders() {
    return List.copyOf(folders);
  }

  long usableBytes() {
    return disk.usableBytes(root);
  }

  /** Writes a file that is no block yet. */
  Path draft(byte[] data) throws IOException {
    Path draft = drafts.resolve(Long.toString(draftNames.incrementAndGet()));
    try {
      disk.write(draft, data, sync);
      return draft;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
  }

  /** Makes a draft the block's file, replacing one that is there. */
  void publish(Path draft, BlockNames.Name name) throws IOException {
    try {
      makeFolder(name.folder());
      Files.move(draft, path(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
  }

  private void makeFolder(String name) throws IOException {
    if (!folders.contains(name)) {
      Files.createDirectories(root.resolve(name));
      folders.add(name);
      if (sync) {
        force(root);
      }
    }
  }

  /** Waits until the names in a folder are on the disk. */
  void syncFolder(String name) throws IOException {
    force(root.resolve(name));
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * All bytes of a block's file; nothing of one that is larger than any block.
   *
   * @throws NoSuchFileException if it is not there
   */
  byte[] read(BlockNames.Name name) throws IOException {
    try (FileChannel in = FileChannel.open(path(name), StandardOpenOption.READ)) {
      long size = in.size();
      ByteBuffer data = ByteBuffer.allocate(size > Block.MAX_BYTES ? 0 : (int) size);
      int last = 0;
      while (data.hasRemaining() && last >= 0) {
        last = in.read(data);
      }
      return data.hasRemaining() ? Arrays.copyOf(data.array(), data.position()) : data.array();
    }
  }

  /** The file's length, or -1 if it is not there; without the cost of an exception. */
  long length(BlockNames.Name name) {
    Path file = path(name);
    long length = file.toFile().length();
    return length > 0 || Files.exists(file) ? length : -1;
  }

  boolean delete(BlockNames.Name name) throws IOException {
    return Files.deleteIfExists(path(name));
  }

  List<BlockNames.Name> list(String folder) throws IOException {
    return list(root.resolve(folder), "*" + BlockNames.SUFFIX).stream()
        .map(file -> new BlockNames.Name(folder, file.getFileName().toString()))
        .toList();
  }

  private static List<Path> list(Path folder, String glob) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      files.forEach(found::add);
      return found;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private Path path(BlockNames.Name name) {
    return root.resolve(name.folder()).resolve(name.file());
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
