package io.ecluster.recovery;

import io.ecluster.core.pin.PinType;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.Datastore.Change;
import io.ecluster.core.state.DatastoreException;
import io.ecluster.core.state.PinState;
import io.ecluster.core.state.RocksDatastore;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which coding and group a data block is in, on disk. Everything in it can be made anew from the
 * pinset and the manifests; an index of another format, or one that cannot be read, is deleted. An
 * entry takes some fifteen bytes; of those of removed codings the disk is freed later. What is
 * found is believed only if the pinset still names that manifest.
 *
 * <p>{@link CodedIndexer} fills it, and is the only one that writes.
 */
public final class CodedIndex implements BlockIndex, AutoCloseable {
  /** About 1.5 GB, and 25 TB of blocks of 256 KiB. */
  public static final long STANDARD_MAX_ENTRIES = 100_000_000;

  /** Raised whenever a key or value means something else. */
  private static final int FORMAT = 1;

  /** Codings that one block is looked up in; more do not make it safer. */
  private static final int MAX_PLACES = 8;

  /** Entries of one block that are looked at, those of codings that are gone included. */
  private static final int MAX_LOOKED_AT = 64;

  /** Codings that are remembered to be there or not while dead entries are looked for. */
  private static final int MAX_REMEMBERED = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(CodedIndex.class);

  private final Path folder;
  private final PinState state;
  private final long maxEntries;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private Datastore store;
  private volatile boolean broken;
  private volatile boolean full;

  /**
   * A coding as the index knows it.
   *
   * @param groups how many it has
   * @param indexed how many of them are in the index
   */
  record Known(int number, Cid root, Cid manifest, int groups, int indexed) {
    boolean complete() {
      return indexed == groups;
    }
  }

  /** Entries of blocks, and those among them whose coding is gone. */
  record Size(long entries, long dead) {}

  private CodedIndex(Path folder, PinState state, long maxEntries) {
    this.folder = folder;
    this.state = state;
    this.maxEntries = maxEntries;
    this.store = openStore();
  }

  /**
   * Opens or creates the index in a folder of its own.
   *
   * @param maxEntries blocks of codings that come when it is full are not found by their CIDs
   * @throws DatastoreException if another process works there, or the disk is full
   */
  public static CodedIndex open(Path folder, PinState state, long maxEntries) {
    return new CodedIndex(folder, state, maxEntries);
  }

  private Datastore openStore() {
    return Files.exists(folder) ? openKnown() : makeAnew();
  }

  private Datastore openKnown() {
    try {
      Datastore opened = RocksDatastore.open(folder);
      if (formatOf(opened) == FORMAT) {
        return opened;
      }
      opened.close();
      LOG.info("the index of coded blocks in {} has another format and is made anew", folder);
    } catch (DatastoreException.Locked | DatastoreException.DiskFull e) {
      throw e;
    } catch (DatastoreException e) {
      LOG.warn("the index of coded blocks is made anew: {}", e.getMessage());
    }
    Folders.delete(folder);
    return makeAnew();
  }

  private Datastore makeAnew() {
    Datastore fresh = RocksDatastore.open(folder);
    fresh.write(List.of(put(IndexKeys.VERSION, FORMAT)));
    return fresh;
  }

  /** An empty store has none, and so is not of this format. */
  private static int formatOf(Datastore store) {
    return store.get(IndexKeys.VERSION).map(CodedIndex::number).orElse(0);
  }

  // Looking up.

  /** Nothing, too, while the index cannot be read. */
  @Override
  public List<Place> find(Multihash hash) {
    return read(
        List.of(),
        () -> {
          try (Stream<Datastore.Entry> entries = store.scan(IndexKeys.block(hash))) {
            return entries
                .limit(MAX_LOOKED_AT)
                .map(this::place)
                .flatMap(Optional::stream)
                .limit(MAX_PLACES)
                .toList();
          }
        });
  }

  private Optional<Place> place(Datastore.Entry entry) {
    ByteBuffer value = ByteBuffer.wrap(entry.value());
    int group = value.getInt();
    int column = Byte.toUnsignedInt(value.get());
    return coding(IndexKeys.codingOfBlock(entry.key()))
        .filter(this::isPinned)
        .map(known -> new Place(known.root(), known.manifest(), group, column));
  }

  private boolean isPinned(Known coding) {
    return state
        .get(coding.root())
        .filter(pin -> pin.type() == PinType.META)
        .flatMap(pin -> pin.reference())
        .filter(coding.manifest()::equals)
        .isPresent();
  }

  @Override
  public boolean complete(Cid manifest) {
    return read(false, () -> byManifest(manifest).filter(Known::complete).isPresent());
  }

  private Optional<Known> byManifest(Cid manifest) {
    return store.get(IndexKeys.manifest(manifest)).flatMap(value -> coding(number(value)));
  }

  private Optional<Known> coding(int number) {
    return store.get(IndexKeys.coding(number)).map(value -> KnownCodec.read(number, value));
  }

  /** What cannot be read is missing until the index is made anew. */
  private <T> T read(T missing, Supplier<T> look) {
    lock.readLock().lock();
    try {
      return broken ? missing : look.get();
    } catch (DatastoreException | IllegalArgumentException | java.nio.BufferUnderflowException e) {
      LOG.warn("the index of coded blocks cannot be read: {}", e.toString());
      broken = true;
      return missing;
    } finally {
      lock.readLock().unlock();
    }
  }

  // Filling.

  /** A coding by its manifest, noted if it is new. */
  Known begin(Cid root, Cid manifest, int groups) {
    Optional<Known> known = byManifest(manifest);
    if (known.isPresent()) {
      return known.get();
    }
    int number = store.get(IndexKeys.NEXT).map(CodedIndex::number).orElse(0);
    Known coding = new Known(number, root, manifest, groups, 0);
    store.write(
        List.of(
            put(IndexKeys.NEXT, number + 1),
            put(IndexKeys.manifest(manifest), number),
            new Change.Put(IndexKeys.root(root, number), new byte[0]),
            new Change.Put(IndexKeys.coding(number), KnownCodec.write(coding))));
    return coding;
  }

  boolean has(Known coding, int group) {
    return store.has(IndexKeys.group(coding.number(), group));
  }

  /**
   * Takes in the data blocks of a group.
   *
   * @return the coding as it is then; nothing if the index is full
   */
  Optional<Known> add(Known coding, GroupNode group) {
    List<Change> changes = new ArrayList<>();
    for (var stripe : group.stripes()) {
      for (int column = 0; column < group.dataShards(); column++) {
        for (CodedBlock block : stripe.cell(column)) {
          changes.add(entry(coding, group.index(), column, block));
        }
      }
    }
    int entries = changes.size();
    Size size = size();
    if (size.entries() + entries > maxEntries) {
      noteFull();
      return Optional.empty();
    }
    Known more =
        new Known(
            coding.number(),
            coding.root(),
            coding.manifest(),
            coding.groups(),
            coding.indexed() + 1);
    changes.add(put(IndexKeys.group(coding.number(), group.index()), entries));
    changes.add(new Change.Put(IndexKeys.coding(coding.number()), KnownCodec.write(more)));
    changes.add(sized(size.entries() + entries, size.dead()));
    store.write(changes);
    return Optional.of(more);
  }

  private static Change entry(Known coding, int group, int column, CodedBlock block) {
    byte[] value = ByteBuffer.allocate(Integer.BYTES + 1).putInt(group).put((byte) column).array();
    return new Change.Put(IndexKeys.block(block.hash(), coding.number()), value);
  }

  /** Those blocks of a group that are in the index once the group is. */
  static Stream<CodedBlock> blocksOf(GroupNode group) {
    return group.stripes().stream()
        .flatMap(stripe -> stripe.cells().subList(0, group.dataShards()).stream())
        .flatMap(List::stream);
  }

  private void noteFull() {
    if (!full) {
      full = true;
      LOG.warn(
          "the index of coded blocks is full with {} entries: blocks of further codings are found"
              + " only from the coding's root",
          maxEntries);
    }
  }

  /** All codings in the index. */
  void forEach(Consumer<Known> each) {
    try (Stream<Datastore.Entry> codings = store.scan(IndexKeys.CODINGS)) {
      codings.forEach(
          entry -> each.accept(KnownCodec.read(IndexKeys.codingOf(entry.key()), entry.value())));
    }
  }

  /** The codings of a root that the index has. */
  List<Known> of(Cid root) {
    try (Stream<Datastore.Entry> numbers = store.scan(IndexKeys.root(root))) {
      return numbers
          .map(entry -> coding(IndexKeys.codingOfRoot(entry.key())))
          .flatMap(Optional::stream)
          .toList();
    }
  }

  /** Forgets a coding; its entries are dead from then on. */
  void drop(Known coding) {
    List<Change> changes = new ArrayList<>();
    long dead = 0;
    try (Stream<Datastore.Entry> groups = store.scan(IndexKeys.groups(coding.number()))) {
      Iterator<Datastore.Entry> all = groups.iterator();
      while (all.hasNext()) {
        Datastore.Entry group = all.next();
        dead += number(group.value());
        changes.add(new Change.Delete(group.key()));
      }
    }
    changes.add(new Change.Delete(IndexKeys.coding(coding.number())));
    changes.add(new Change.Delete(IndexKeys.manifest(coding.manifest())));
    changes.add(new Change.Delete(IndexKeys.root(coding.root(), coding.number())));
    Size size = size();
    changes.add(sized(size.entries(), size.dead() + dead));
    store.write(changes);
  }

  Size size() {
    return store
        .get(IndexKeys.SIZE)
        .map(ByteBuffer::wrap)
        .map(value -> new Size(value.getLong(), value.getLong()))
        .orElse(new Size(0, 0));
  }

  /** The keys of all dead entries; finding them takes a walk over everything. Close the stream. */
  Stream<byte[]> dead() {
    Map<Integer, Boolean> alive = new HashMap<>();
    return store
        .scan(IndexKeys.BLOCKS)
        .map(Datastore.Entry::key)
        .filter(key -> !isKnown(IndexKeys.codingOfBlock(key), alive));
  }

  private boolean isKnown(int number, Map<Integer, Boolean> alive) {
    if (alive.size() > MAX_REMEMBERED) {
      alive.clear();
    }
    return alive.computeIfAbsent(number, _ -> store.has(IndexKeys.coding(number)));
  }

  /** Deletes entries that are dead. */
  void delete(List<byte[]> dead) {
    Size size = size();
    List<Change> changes = new ArrayList<>();
    dead.forEach(key -> changes.add(new Change.Delete(key)));
    changes.add(
        sized(Math.max(0, size.entries() - dead.size()), Math.max(0, size.dead() - dead.size())));
    store.write(changes);
    full = false;
  }

  /** All dead entries were deleted; repeated blocks were counted more than once. */
  void noneDead() {
    store.write(List.of(sized(size().entries(), 0)));
  }

  /** Whether something in it could not be read. */
  boolean isBroken() {
    return broken;
  }

  boolean isFull() {
    return full;
  }

  /** Deletes everything and begins with an empty index. */
  void reset() {
    lock.writeLock().lock();
    try {
      store.close();
      Folders.delete(folder);
      store = openStore();
      broken = false;
      full = false;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static Change put(byte[] key, int value) {
    return new Change.Put(key, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  private static Change sized(long entries, long dead) {
    byte[] value = ByteBuffer.allocate(2 * Long.BYTES).putLong(entries).putLong(dead).array();
    return new Change.Put(IndexKeys.SIZE, value);
  }

  private static int number(byte[] value) {
    return ByteBuffer.wrap(value).getInt();
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      broken = true;
      store.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** A coding's record. */
  private static final class KnownCodec {
    static byte[] write(Known coding) {
      byte[] root = coding.root().toBytes();
      byte[] manifest = coding.manifest().toBytes();
      return ByteBuffer.allocate(3 * Integer.BYTES + root.length + manifest.length)
          .putInt(coding.groups())
          .putInt(coding.indexed())
          .putInt(root.length)
          .put(root)
          .put(manifest)
          .array();
    }

    static Known read(int number, byte[] value) {
      ByteBuffer in = ByteBuffer.wrap(value);
      int groups = in.getInt();
      int indexed = in.getInt();
      byte[] root = new byte[in.getInt()];
      in.get(root);
      byte[] manifest = new byte[in.remaining()];
      in.get(manifest);
      return new Known(number, Cid.fromBytes(root), Cid.fromBytes(manifest), groups, indexed);
    }
  }
}
