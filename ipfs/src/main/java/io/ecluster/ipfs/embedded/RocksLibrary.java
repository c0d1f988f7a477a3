package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * The machine code of RocksDB, some 17 MB. Where {@code java.library.path} does not have it, it is
 * unpacked from its JAR into a file that is gone as soon as it is loaded: RocksDB by itself leaves
 * that file behind whenever a process is killed.
 */
public final class RocksLibrary {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static boolean loaded;

  private RocksLibrary() {}

  /**
   * Loads it, once.
   *
   * @throws IpfsException if it cannot be unpacked
   */
  public static void load() {
    LOCK.lock();
    try {
      if (!loaded) {
        if (!isOnPath()) {
          loadFrom(Files.createTempDirectory("rocksdb"));
        }
        RocksDB.loadLibrary(); // finds it loaded
        loaded = true;
      }
    } catch (IOException e) {
      String folder = System.getProperty("java.io.tmpdir");
      throw new IpfsException(
          "cannot unpack RocksDB's library into %s (is it full, or read-only? java.io.tmpdir names another): %s"
              .formatted(folder, e),
          e);
    } finally {
      LOCK.unlock();
    }
  }

  /** Then nothing is written: there may be no place to write to. */
  @SuppressWarnings("restricted") // machine code is what this is about
  private static boolean isOnPath() {
    try {
      System.loadLibrary(Environment.getJniLibraryName("rocksdb"));
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  private static void loadFrom(Path folder) throws IOException {
    try {
      NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(folder)) {
      for (Path file : unpacked) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
