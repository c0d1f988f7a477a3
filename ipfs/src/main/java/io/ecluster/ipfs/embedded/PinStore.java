package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * The top-level pins, in a RocksDB of their own: binary CID to mode. Its log is written, though not
 * synced, before a call returns, and so outlives the process. RocksDB's own lock keeps a second
 * process out of the whole folder.
 */
final class PinStore implements AutoCloseable {
  private static final byte[] RECURSIVE = {'r'};
  private static final byte[] DIRECT = {'d'};

  /** Pins are small: a million of them are some 50 MB. */
  private static final long WRITE_BUFFER_BYTES = 4L << 20;

  private static final int MAX_OPEN_FILES = 64;
  private static final long MAX_LOG_BYTES = 1L << 20;

  /** Pins handed out at a time: a listing holds no lock while its reader thinks. */
  private static final int PAGE = 1000;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Options options;
  private final WriteOptions writes;
  private final RocksDB database;
  private boolean closed;

  PinStore(Path folder, boolean sync) {
    RocksLibrary.load();
    options = options();
    writes = new WriteOptions().setSync(sync);
    try {
      Files.createDirectories(folder);
      database = RocksDB.open(options, folder.toString());
    } catch (RocksDBException e) {
      throw failure("cannot open the pins in " + folder + "; is another daemon using them?", e);
    } catch (IOException e) {
      throw StoreFailure.of("cannot make " + folder, e);
    }
  }

  private static Options options() {
    return new Options()
        .setCreateIfMissing(true)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setMaxOpenFiles(MAX_OPEN_FILES)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(MAX_LOG_BYTES)
        .setKeepLogFileNum(2)
        .setSkipStatsUpdateOnDbOpen(true);
  }

  /** Records a pin, in place of one of another mode. */
  void put(Cid cid, PinMode mode) {
    call(
        "record pin",
        () -> {
          database.put(writes, cid.toBytes(), mode == PinMode.RECURSIVE ? RECURSIVE : DIRECT);
          return mode;
        });
  }

  void remove(Cid cid) {
    call(
        "remove pin",
        () -> {
          database.delete(writes, cid.toBytes());
          return cid;
        });
  }

  Optional<PinMode> get(Cid cid) {
    return call("read pin", () -> Optional.ofNullable(database.get(cid.toBytes())))
        .map(PinStore::mode);
  }

  /** Streams all pins in order of their bytes; those made or removed meanwhile may show or not. */
  void forEach(Consumer<PinnedCid> each) {
    List<PinnedCid> page = page(new byte[0]);
    while (!page.isEmpty()) {
      page.forEach(each);
      page = page.size() < PAGE ? List.of() : page(after(page.getLast().cid()));
    }
  }

  private List<PinnedCid> page(byte[] from) {
    return call("list pins", () -> read(from));
  }

  private List<PinnedCid> read(byte[] from) throws RocksDBException {
    List<PinnedCid> page = new ArrayList<>();
    try (RocksIterator at = database.newIterator()) {
      for (at.seek(from); at.isValid() && page.size() < PAGE; at.next()) {
        page.add(new PinnedCid(Cid.fromBytes(at.key()), mode(at.value())));
      }
      at.status();
    }
    return page;
  }

  private static byte[] after(Cid cid) {
    byte[] key = cid.toBytes();
    return Arrays.copyOf(key, key.length + 1);
  }

  private static PinMode mode(byte[] value) {
    return Arrays.equals(value, DIRECT) ? PinMode.DIRECT : PinMode.RECURSIVE;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        database.close();
        writes.close();
        options.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** RocksDB crashes the process when used after it was closed: no call may be under way then. */
  private <T> T call(String what, Call<T> call) {
    Lock reading = lock.readLock();
    reading.lock();
    try {
      if (closed) {
        throw new IpfsException("cannot " + what + ": the IPFS node is closed");
      }
      return call.run();
    } catch (RocksDBException e) {
      throw failure("cannot " + what, e);
    } finally {
      reading.unlock();
    }
  }

  private static IpfsException failure(String what, RocksDBException e) {
    return new IpfsException(what + ": " + e.getMessage(), e);
  }

  /** Work on the open database. */
  private interface Call<T> {
    T run() throws RocksDBException;
  }
}
