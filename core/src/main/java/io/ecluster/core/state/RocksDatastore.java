package io.ecluster.core.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import io.ecluster.ipfs.embedded.RocksLibrary;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The peer's records in RocksDB. Every write is in the write-ahead log, and so with the operating
 * system, before it returns: a killed process loses nothing. With {@code sync} it is also on the
 * disk, which outlives a power cut and costs a disk flush a write.
 *
 * <p>Touching native objects after they were closed would crash the whole process. So every call
 * holds the shared side of a lock, and {@link #close} takes the other side and closes scans first.
 */
public final class RocksDatastore implements Datastore {
  /** Shared by all reads; a pinset's hot part is far smaller. */
  private static final long BLOCK_CACHE_BYTES = 16L << 20;

  /** Two of them at most: what a peer writes while it flushes. */
  private static final long WRITE_BUFFER_BYTES = 8L << 20;

  /** Replayed when opening, so small: a peer opens fast even after it was killed. */
  private static final long LOG_BYTES = 16L << 20;

  /** Each open table holds memory and a file descriptor. */
  private static final int MAX_OPEN_FILES = 256;

  private static final int BLOOM_BITS_PER_KEY = 10;

  private final Path folder;
  private final Deque<AbstractNativeReference> natives = new ArrayDeque<>();
  private final Set<Scan> scans = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final WriteOptions writeOptions;
  private final ReadOptions scanOptions;
  private final RocksDB db;
  private boolean closed;

  private RocksDatastore(Path folder, boolean sync) throws RocksDBException {
    this.folder = folder;
    writeOptions = own(new WriteOptions()).setSync(sync);
    scanOptions = own(new ReadOptions()).setFillCache(false);
    try {
      db = own(RocksDB.open(options(), folder.toString()));
    } catch (RocksDBException e) {
      closeNatives();
      throw e;
    }
  }

  /** Opens or creates the records in a folder; writes survive a killed process. */
  public static RocksDatastore open(Path folder) {
    return open(folder, false);
  }

  /**
   * Opens or creates the records in a folder.
   *
   * @param sync whether each write also waits for the disk
   * @throws DatastoreException.Locked if another process works in it
   * @throws DatastoreException if it cannot be opened
   */
  public static RocksDatastore open(Path folder, boolean sync) {
    RocksLibrary.load();
    try {
      Files.createDirectories(folder);
      return new RocksDatastore(folder, sync);
    } catch (IOException e) {
      throw new DatastoreException("cannot create the datastore folder " + folder, e);
    } catch (RocksDBException e) {
      throw explained("open", folder, e);
    }
  }

  private Options options() {
    Cache cache = own(new LRUCache(BLOCK_CACHE_BYTES));
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)));
    return own(new Options())
        .setCreateIfMissing(true)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setMaxWriteBufferNumber(2)
        .setMaxTotalWalSize(LOG_BYTES)
        .setMaxOpenFiles(MAX_OPEN_FILES)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setSkipStatsUpdateOnDbOpen(true)
        .setStatsDumpPeriodSec(0)
        .setKeepLogFileNum(2)
        .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
        .setTableFormatConfig(table);
  }

  private <T extends AbstractNativeReference> T own(T reference) {
    natives.push(reference);
    return reference;
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return shared("read", () -> Optional.ofNullable(db.get(key)));
  }

  @Override
  public boolean has(byte[] key) {
    return shared("read", () -> db.keyExists(key));
  }

  @Override
  public Stream<Entry> scan(byte[] prefix) {
    Scan scan = shared("read", () -> new Scan(prefix.clone()));
    return StreamSupport.stream(scan, false).onClose(scan::close);
  }

  @Override
  public void write(List<Change> changes) {
    shared(
        "write",
        () -> {
          try (WriteBatch batch = new WriteBatch()) {
            for (Change change : changes) {
              add(batch, change);
            }
            db.write(writeOptions, batch);
          }
          return true;
        });
  }

  private static void add(WriteBatch batch, Change change) throws RocksDBException {
    switch (change) {
      case Change.Put(byte[] key, byte[] value) -> batch.put(key, value);
      case Change.Delete(byte[] key) -> batch.delete(key);
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        scans.forEach(Scan::release);
        closeNatives();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void closeNatives() {
    while (!natives.isEmpty()) {
      natives.pop().close();
    }
  }

  /** Something that RocksDB does. */
  private interface Call<T> {
    T run() throws RocksDBException;
  }

  private <T> T shared(String verb, Call<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new DatastoreException("the datastore in " + folder + " is closed");
      }
      return call.run();
    } catch (RocksDBException e) {
      throw explained(verb, folder, e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What a user can do about it, as far as RocksDB says. */
  static DatastoreException explained(String verb, Path folder, RocksDBException e) {
    String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    Supplier<String> where = () -> "the datastore in " + folder;
    if (reason.contains("lock file") || reason.contains("lock hold")) {
      return new DatastoreException.Locked(
          where.get() + " is in use by another process: stop that peer first", e);
    }
    if (isDiskFull(e, reason)) {
      return new DatastoreException.DiskFull(
          "cannot " + verb + " " + where.get() + ": the disk is full, free some space", e);
    }
    return new DatastoreException("cannot " + verb + " " + where.get() + ": " + e.getMessage(), e);
  }

  private static boolean isDiskFull(RocksDBException e, String reason) {
    Status status = e.getStatus();
    boolean saidSo = status != null && status.getSubCode() == Status.SubCode.NoSpace;
    return saidSo || reason.contains("no space");
  }

  /** A walk over the keys with one prefix, on the records as they were when it began. */
  private final class Scan extends Spliterators.AbstractSpliterator<Entry> {
    private final byte[] prefix;
    private final org.rocksdb.RocksIterator iterator;
    private boolean released;

    private Scan(byte[] prefix) {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
      this.prefix = prefix;
      iterator = db.newIterator(scanOptions);
      iterator.seek(prefix);
      scans.add(this);
    }

    @Override
    public boolean tryAdvance(java.util.function.Consumer<? super Entry> action) {
      Optional<Entry> next = shared("read", this::next);
      next.ifPresent(action);
      return next.isPresent();
    }

    private Optional<Entry> next() throws RocksDBException {
      if (released) {
        return Optional.empty();
      }
      if (!iterator.isValid()) {
        iterator.status();
        return finished();
      }
      byte[] key = iterator.key();
      if (!startsWith(key)) {
        return finished();
      }
      Entry entry = new Entry(key, iterator.value());
      iterator.next();
      return Optional.of(entry);
    }

    private boolean startsWith(byte[] key) {
      return key.length >= prefix.length
          && java.util.Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private Optional<Entry> finished() {
      release();
      return Optional.empty();
    }

    private void close() {
      lock.readLock().lock();
      try {
        release();
      } finally {
        lock.readLock().unlock();
      }
    }

    private void release() {
      if (scans.remove(this)) {
        released = true;
        iterator.close();
      }
    }
  }
}
