package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.bitswap.LocalBlocks;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file a block, named by multihash, so that every CID of a hash finds it.
 *
 * <p>Goals, in order: what was acknowledged is there after a SIGKILL at any moment; nobody ever
 * gets bytes that are not what their CID says; speed.
 *
 * <p>A block is written to a draft, then renamed: its name appears with all of its bytes or not at
 * all. The operating system keeps both through the death of the process, so by default nothing is
 * synced to the disk, which would cost many times the time. What a power cut may leave is a file
 * with missing bytes or a missing file. Every read checks the hash; a file that does not match is
 * deleted, logged and counted, and its block is absent from then on, so that it is fetched or
 * rebuilt as any lost block is. With {@code sync} a put also waits for the file and its folder.
 *
 * <p>{@code has} asks for the name only. A put of a block whose name exists compares the bytes and
 * replaces the file if they differ.
 *
 * <p>Folders share a fixed number of locks. Under its lock a block is covered by shields, appears,
 * and is deleted: see {@link EmbeddedIpfsNode} for why collection needs that.
 */
final class FileBlockStore implements LocalBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(FileBlockStore.class);

  /** Many more than threads at work here, so that they seldom meet. */
  private static final int LOCKS = 256;

  private final EmbeddedIpfsSettings settings;
  private final Shields shields;
  private final BlockFiles files;
  private final StoreSize size;
  private final AtomicLong corrupt = new AtomicLong();
  private final List<ReentrantLock> locks =
      IntStream.range(0, LOCKS).mapToObj(_ -> new ReentrantLock()).toList();
  private volatile boolean closed;

  /** Opens the store in {@code root}, which nobody else has open. */
  FileBlockStore(Path root, EmbeddedIpfsSettings settings, Disk disk, Shields shields) {
    this.settings = settings;
    this.shields = shields;
    try {
      files = new BlockFiles(root, disk, settings.sync());
    } catch (IOException e) {
      throw StoreFailure.of("cannot open the block store in " + root, e);
    }
    List<String> found = files.folders();
    size = new StoreSize(found);
    Thread.ofVirtual().name("count-blocks").start(() -> countAll(found));
  }

  /** Stores blocks whose hashes have been checked. */
  void put(Collection<Block> blocks) {
    Set<String> changed = new HashSet<>();
    blocks.forEach(block -> put(block, changed));
    if (settings.sync()) {
      changed.forEach(this::sync);
    }
  }

  private void put(Block block, Set<String> changed) {
    BlockNames.Name name = BlockNames.of(block.cid().hash());
    changed.add(name.folder());
    try {
      if (coverAndFind(block, name) && holds(name, block.data())) {
        return;
      }
      requireRoom(block.size());
      publish(files.draft(block.data()), name, block.size());
    } catch (IOException e) {
      throw StoreFailure.of("cannot store block " + block.cid(), e);
    }
  }

  private boolean coverAndFind(Block block, BlockNames.Name name) {
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      shields.put(block.cid().hash());
      return files.length(name) == block.size();
    } finally {
      lock.unlock();
    }
  }

  private boolean holds(BlockNames.Name name, byte[] data) throws IOException {
    try {
      return Arrays.equals(files.read(name), data);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      if (StoreFailure.isLostOnDisk(e)) {
        return false;
      }
      throw e;
    }
  }

  private void requireRoom(int bytes) throws IOException {
    long limit = settings.storageMaxBytes();
    if (limit > 0 && size.bytesSoFar() + bytes > limit) {
      throw new IOException(
          "the store has reached its limit of %d bytes; raise it, or %s"
              .formatted(limit, StoreFailure.HOW_TO_MAKE_ROOM));
    }
    long free = files.usableBytes();
    if (free - bytes < settings.minFreeBytes()) {
      throw new IOException(
          "the disk of %s has %d bytes free and %d are kept in reserve; %s"
              .formatted(files, free, settings.minFreeBytes(), StoreFailure.HOW_TO_MAKE_ROOM));
    }
  }

  private void publish(Path draft, BlockNames.Name name, int length) throws IOException {
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      long before = files.length(name);
      files.publish(draft, name);
      size.changed(name.folder(), length - Math.max(0, before), before < 0 ? 1 : 0);
    } finally {
      lock.unlock();
    }
  }

  private void sync(String folder) {
    try {
      files.syncFolder(folder);
    } catch (IOException e) {
      throw StoreFailure.of("cannot sync " + folder, e);
    }
  }

  @Override
  public Optional<byte[]> get(Cid cid) {
    return cid.hash().isIdentity() ? Optional.of(cid.hash().digest()) : get(cid.hash());
  }

  /** The block's bytes, checked; a file that does not match is deleted. */
  Optional<byte[]> get(Multihash hash) {
    BlockNames.Name name = BlockNames.of(hash);
    Optional<byte[]> data = readMatching(hash, name);
    boolean bad = data.isEmpty() && files.length(name) >= 0;
    return bad ? dropUnlessMatching(hash, name) : data;
  }

  private Optional<byte[]> readMatching(Multihash hash, BlockNames.Name name) {
    try {
      return Optional.of(files.read(name)).filter(hash::matches);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FormatException e) {
      throw new IpfsException("cannot check block " + hash + ": " + e.getMessage(), e);
    } catch (IOException e) {
      if (StoreFailure.isLostOnDisk(e)) {
        return Optional.empty();
      }
      throw StoreFailure.of("cannot read block " + hash, e);
    }
  }

  /** Looks again under the lock, because a put may have replaced the bad file in between. */
  private Optional<byte[]> dropUnlessMatching(Multihash hash, BlockNames.Name name) {
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      Optional<byte[]> again = readMatching(hash, name);
      if (again.isEmpty() && delete(name)) {
        long count = corrupt.incrementAndGet();
        LOG.warn("corrupt block {} deleted; {} such blocks since start", cid(hash), count);
      }
      return again;
    } finally {
      lock.unlock();
    }
  }

  boolean has(Multihash hash) {
    return files.length(BlockNames.of(hash)) >= 0;
  }

  /** Whether the block is here, and if so kept from collection by {@code shield} from now on. */
  boolean hold(Multihash hash, Shields.Shield shield) {
    BlockNames.Name name = BlockNames.of(hash);
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      shield.add(hash);
      return files.length(name) >= 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Integer> size(Cid cid) {
    if (cid.hash().isIdentity()) {
      return Optional.of(cid.hash().digest().length);
    }
    long length = files.length(BlockNames.of(cid.hash()));
    return length < 0 || length > Block.MAX_BYTES ? Optional.empty() : Optional.of((int) length);
  }

  /** Deletes every block that neither {@code keep} nor a shield wants, and tells of each. */
  void sweep(Predicate<Multihash> keep, Consumer<Cid> removed) {
    for (String folder : files.folders()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IpfsException("garbage collection was interrupted");
      }
      for (BlockNames.Name name : list(folder)) {
        BlockNames.parse(name.file())
            .filter(hash -> !keep.test(hash) && deleteUnlessCovered(hash, name))
            .ifPresent(hash -> removed.accept(cid(hash)));
      }
    }
  }

  private boolean deleteUnlessCovered(Multihash hash, BlockNames.Name name) {
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      return !shields.covers(hash) && delete(name);
    } finally {
      lock.unlock();
    }
  }

  private boolean delete(BlockNames.Name name) {
    long length = files.length(name);
    try {
      boolean deleted = files.delete(name);
      if (deleted) {
        size.changed(name.folder(), -length, -1);
      }
      return deleted;
    } catch (IOException e) {
      throw StoreFailure.of("cannot delete block file " + name.file(), e);
    }
  }

  /** Bytes of all blocks, without what the file system adds; waits until they are counted. */
  long bytes() {
    return size.bytes();
  }

  /** Number of all blocks; waits until they are counted. */
  long blocks() {
    return size.blocks();
  }

  /** Blocks found corrupt since the store was opened. */
  long corruptBlocks() {
    return corrupt.get();
  }

  /** Bytes that the disk could take beyond those that are stored. */
  long roomBytes() {
    return Math.max(0, files.usableBytes() - settings.minFreeBytes());
  }

  /** Ends the count, if it still runs. Everything put is in files already. */
  void close() {
    closed = true;
  }

  private void countAll(List<String> found) {
    try {
      found.stream().takeWhile(_ -> !closed).forEach(this::count);
    } catch (IpfsException e) {
      LOG.warn("the size of the block store is not fully known: {}", e.getMessage());
    } finally {
      size.countedAll();
    }
  }

  private void count(String folder) {
    ReentrantLock lock = lock(folder);
    lock.lock();
    try {
      List<BlockNames.Name> blocks = list(folder);
      long bytes = blocks.stream().mapToLong(name -> Math.max(0, files.length(name))).sum();
      size.counted(folder, bytes, blocks.size());
    } finally {
      lock.unlock();
    }
  }

  private List<BlockNames.Name> list(String folder) {
    try {
      return files.list(folder);
    } catch (IOException e) {
      throw StoreFailure.of("cannot list blocks in " + folder, e);
    }
  }

  private ReentrantLock lock(BlockNames.Name name) {
    return lock(name.folder());
  }

  private ReentrantLock lock(String folder) {
    return locks.get(Math.floorMod(folder.hashCode(), LOCKS));
  }

  private static Cid cid(Multihash hash) {
    return Cid.v1(Multicodec.RAW, hash);
  }
}
