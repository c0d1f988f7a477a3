package io.ecluster.core.consensus;

import static io.ecluster.libp2p.Refusals.Reason.MALFORMED;
import static io.ecluster.libp2p.Refusals.Reason.OVERSIZED;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Proto;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.Datastore.Change;
import io.ecluster.libp2p.Refusals;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy of the CRDT, without network, time or threads: blocks come in, and it says which others
 * it wants.
 *
 * <p>Goals, in this order: never lose a write that was acknowledged; be consistent after being
 * killed at any moment; hold little in memory however long the DAG is.
 *
 * <p><b>One block, one write.</b> All that a block means (the set's changes, that it was processed,
 * its bytes, the heads it replaces, the blocks it links to that are missing) goes into a single
 * atomic write. So there is no state in between to repair. The missing blocks are the frontier of
 * the walk down the DAG. Go keeps its frontier in memory, and a walk that was cut short must start
 * again from the heads; ours is stored, and a restarted peer goes on where it stopped.
 *
 * <p><b>Heads</b> are the processed blocks that no processed block links to. A block that was
 * announced becomes a head when it is processed, before what is below it has come, so that local
 * writes go on top of it at once; if later another block turns out to link to it, it stops being
 * one. A block that came because another links to it never is one.
 *
 * <p><b>A missing block that nobody gives</b> is marked stuck and makes the replica dirty until it
 * is retried with success. A block that is not what it should be is dropped for good: other bytes
 * never have that hash.
 *
 * <p>The lock makes all changes one after the other. Format and semantics follow go-ds-crdt 0.6.8,
 * which is documented by its source.
 */
final class Replica {
  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  /** A block lists no more heads, 400 KB of links; the others stay heads until the next write. */
  static final int MAX_LINKS = 10_000;

  private static final byte[] FORMAT_VERSION = Proto.uvarint(2);
  private static final byte[] WANTED = {0};
  private static final byte[] STUCK = {1};
  private static final byte[] NOTHING = {};

  /** Unlike a stuck block, damage is found again only by reading everything. */
  private static final byte[] DAMAGED = {'d'};

  private final ReentrantLock lock = new ReentrantLock();
  private final Datastore store;
  private final Refusals refused = new Refusals();
  private final Map<Cid, Long> heads = new TreeMap<>();
  private long stuck;
  private boolean damaged;

  Replica(Datastore store) {
    this.store = store;
    if (!store.has(CrdtKeys.version())) {
      store.write(List.of(new Change.Put(CrdtKeys.version(), FORMAT_VERSION)));
    }
    loadHeads();
    stuck = count(STUCK);
    damaged = store.get(CrdtKeys.dirty()).map(value -> value.length > 0).orElse(false);
  }

  /** Blocks, and parts of blocks, that were left out, and why. */
  Refusals refusals() {
    return refused;
  }

  private void loadHeads() {
    byte[] prefix = CrdtKeys.heads();
    try (Stream<Datastore.Entry> entries = store.scan(prefix)) {
      entries.forEach(entry ->
          CrdtKeys.blockOf(CrdtKeys.after(prefix, entry.key()))
              .ifPresent(cid -> heads.put(cid, Proto.uvarint(entry.value()))));
    }
  }

  private long count(byte[] state) {
    try (Stream<Datastore.Entry> entries = store.scan(CrdtKeys.wanted())) {
      return entries.filter(entry -> entry.value()[0] == state[0]).count();
    }
  }

  /**
   * What became of a block.
   *
   * @param events what it changed in the pinset
   * @param wanted the blocks it links to that are missing and that nothing linked to before
   */
  record Applied(Cid cid, List<PinChange> events, List<Cid> wanted) {}

  /** The tips of the DAG, in the order of their bytes. */
  List<Cid> heads() {
    return locked(() -> List.copyOf(heads.keySet()));
  }

  boolean isHead(Cid cid) {
    return locked(() -> heads.containsKey(cid));
  }

  boolean isEmpty() {
    return locked(heads::isEmpty);
  }

  boolean isDirty() {
    return locked(() -> damaged || stuck > 0);
  }

  /** How many wanted blocks nobody gave. */
  long stuck() {
    return locked(() -> stuck);
  }

  /** Whether reading everything is needed to become clean. */
  boolean isDamaged() {
    return locked(() -> damaged);
  }

  /** The greatest priority among the heads, unsigned; 0 without heads. */
  long height() {
    return locked(this::maxHeight);
  }

  private long maxHeight() {
    return heads.values().stream().max(Long::compareUnsigned).orElse(0L);
  }

  /** Whether a block has not been processed yet. */
  boolean needs(Cid cid) {
    return !(store.has(CrdtKeys.processed(cid)) && store.has(CrdtKeys.block(cid)));
  }

  /**
   * Applies local changes, as one delta unless they are too large for one.
   *
   * @return the blocks made, none if nothing changes
   */
  List<Applied> commit(List<PinChange> changes) {
    return locked(() -> {
      List<Applied> made = new ArrayList<>();
      for (DeltaBuilder.Part part : DeltaBuilder.build(store, changes)) {
        made.add(apply(newBlock(part)));
      }
      return made;
    });
  }

  private DeltaBlock newBlock(DeltaBuilder.Part part) {
    List<Cid> links = heads.keySet().stream().limit(MAX_LINKS).toList();
    return DeltaBlock.of(links, part.at(nextHeight()));
  }

  /** One more than any head; the greatest number stays, where Go would start again from zero. */
  private long nextHeight() {
    long height = maxHeight();
    return height == -1L ? height : height + 1;
  }

  /**
   * Takes a block that was announced or wanted.
   *
   * @return empty if it is known already or is no delta, and then not wanted any more
   */
  Optional<Applied> accept(Cid cid, byte[] bytes) {
    return locked(() -> {
      if (!needs(cid)) {
        forget(cid);
        return Optional.empty();
      }
      return decode(cid, bytes).map(this::apply);
    });
  }

  private Optional<DeltaBlock> decode(Cid cid, byte[] bytes) {
    try {
      return Optional.of(DeltaBlock.decode(cid, bytes));
    } catch (FormatException e) {
      leftOut(cid, bytes.length > DeltaBlock.MAX_BYTES ? OVERSIZED : MALFORMED, e.getMessage());
      forget(cid);
      return Optional.empty();
    }
  }

  /** The first of its kind is logged, all are counted: there may be very many. */
  private void leftOut(Cid cid, Refusals.Reason reason, @Nullable String why) {
    if (refused.of(reason) == 0) {
      log.warn("block {} is left out, as others like it will be: {}", cid, why);
    }
    refused.count(reason);
  }

  /** Stops wanting a block that has come or is of no use. */
  private void forget(Cid cid) {
    List<Change> changes = new ArrayList<>();
    boolean wasStuck = dropWanted(cid, changes);
    if (!changes.isEmpty()) {
      store.write(withoutStuck(wasStuck, changes));
      stuck -= wasStuck ? 1 : 0;
    }
  }

  private Applied apply(DeltaBlock block) {
    DeltaMerge.Result merged = DeltaMerge.merge(store, block);
    refused.count(MALFORMED, merged.leftOut());
    List<Change> changes = new ArrayList<>(merged.changes());
    changes.add(new Change.Put(CrdtKeys.processed(block.cid()), NOTHING));
    changes.add(new Change.Put(CrdtKeys.block(block.cid()), block.bytes()));
    List<Cid> replaced = block.links().stream().filter(heads::containsKey).toList();
    replaced.forEach(head -> changes.add(new Change.Delete(CrdtKeys.head(head))));
    List<Cid> wanted = missing(block.links());
    wanted.forEach(link -> changes.add(new Change.Put(CrdtKeys.wanted(link), WANTED)));
    boolean linkedTo = store.has(CrdtKeys.wanted(block.cid()));
    boolean wasStuck = dropWanted(block.cid(), changes);
    boolean head = !linkedTo || heads.containsKey(block.cid());
    long height = block.delta().priority();
    if (head) {
      changes.add(new Change.Put(CrdtKeys.head(block.cid()), Proto.uvarint(height)));
    }
    if (merged.damaged()) {
      changes.add(new Change.Put(CrdtKeys.dirty(), DAMAGED));
    }
    store.write(withoutStuck(wasStuck && !merged.damaged(), changes));
    stuck -= wasStuck ? 1 : 0;
    damaged |= merged.damaged();
    replaced.forEach(heads::remove);
    if (head) {
      heads.put(block.cid(), height);
    }
    return new Applied(block.cid(), merged.events(), wanted);
  }

  private List<Cid> missing(List<Cid> links) {
    return links.stream().filter(link -> needs(link) && !store.has(CrdtKeys.wanted(link))).toList();
  }

  /** Whether the block was stuck. */
  private boolean dropWanted(Cid cid, List<Change> changes) {
    Optional<byte[]> state = store.get(CrdtKeys.wanted(cid));
    state.ifPresent(value -> changes.add(new Change.Delete(CrdtKeys.wanted(cid))));
    return state.map(value -> value[0] == STUCK[0]).orElse(false);
  }

  private List<Change> withoutStuck(boolean wasStuck, List<Change> changes) {
    if (wasStuck && stuck == 1 && !damaged) {
      changes.add(new Change.Delete(CrdtKeys.dirty()));
    }
    return changes;
  }

  /** Notes that nobody gave a block that another links to. */
  void unavailable(Cid cid) {
    locked(() -> {
      Optional<byte[]> state = store.get(CrdtKeys.wanted(cid));
      if (state.isPresent() && state.get()[0] == WANTED[0]) {
        markStuck(cid);
      }
      return state;
    });
  }

  private void markStuck(Cid cid) {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Put(CrdtKeys.wanted(cid), STUCK));
    if (!damaged) {
      changes.add(new Change.Put(CrdtKeys.dirty(), NOTHING));
    }
    store.write(changes);
    stuck++;
  }

  /** Makes stuck blocks wanted again; at most {@code limit}, so that memory is bounded. */
  void retryStuck(int limit) {
    locked(() -> {
      List<Cid> blocks = frontier(STUCK, limit, cid -> true);
      List<Change> changes = new ArrayList<>();
      blocks.forEach(cid -> changes.add(new Change.Put(CrdtKeys.wanted(cid), WANTED)));
      if (blocks.size() == stuck && !damaged) {
        changes.add(new Change.Delete(CrdtKeys.dirty()));
      }
      store.write(changes);
      stuck -= blocks.size();
      return blocks;
    });
  }

  /** Some of the blocks that are missing and not stuck. */
  List<Cid> wanted(int limit, Predicate<Cid> filter) {
    return frontier(WANTED, limit, filter);
  }

  private List<Cid> frontier(byte[] state, int limit, Predicate<Cid> filter) {
    byte[] prefix = CrdtKeys.wanted();
    try (Stream<Datastore.Entry> entries = store.scan(prefix)) {
      return entries
          .filter(entry -> entry.value()[0] == state[0])
          .flatMap(entry -> CrdtKeys.blockOf(CrdtKeys.after(prefix, entry.key())).stream())
          .filter(filter)
          .limit(limit)
          .toList();
    }
  }

  /**
   * Looks through every stored block for links that lead nowhere and wants what is missing. Reads
   * lazily and holds the lock for one block at a time, so that the peer goes on working.
   */
  void repair() {
    byte[] prefix = CrdtKeys.blocks();
    heads().forEach(this::wantIfMissing);
    try (Stream<Datastore.Entry> blocks = store.scan(prefix)) {
      blocks.forEach(entry ->
          CrdtKeys.blockOf(CrdtKeys.after(prefix, entry.key()))
              .ifPresent(cid -> check(cid, entry.value())));
    }
    locked(() -> {
      damaged = false;
      store.write(
          List.of(
              stuck > 0
                  ? new Change.Put(CrdtKeys.dirty(), NOTHING)
                  : new Change.Delete(CrdtKeys.dirty())));
      return true;
    });
  }

  /** Has {@link #repair} called for, as if damage had been met. */
  void markDamaged() {
    locked(() -> {
      damaged = true;
      store.write(List.of(new Change.Put(CrdtKeys.dirty(), DAMAGED)));
      return true;
    });
  }

  /** Takes the replica for clean: damage is not looked for, and stuck blocks are wanted no more. */
  void forgetDamage() {
    locked(() -> {
      damaged = false;
      for (List<Cid> blocks = stuckOnes(); !blocks.isEmpty(); blocks = stuckOnes()) {
        store.write(
            blocks.stream().<Change>map(cid -> new Change.Delete(CrdtKeys.wanted(cid))).toList());
      }
      stuck = 0;
      store.write(List.of(new Change.Delete(CrdtKeys.dirty())));
      return true;
    });
  }

  private List<Cid> stuckOnes() {
    return frontier(STUCK, MAX_LINKS, cid -> true);
  }

  private void check(Cid cid, byte[] bytes) {
    try {
      DeltaBlock.decode(cid, bytes).links().forEach(this::wantIfMissing);
    } catch (FormatException e) {
      log.warn("stored block {} is damaged and will be fetched again", cid);
      locked(() -> {
        store.write(
            List.of(
                new Change.Delete(CrdtKeys.block(cid)),
                new Change.Put(CrdtKeys.wanted(cid), WANTED)));
        return true;
      });
    }
  }

  private void wantIfMissing(Cid cid) {
    locked(() -> {
      List<Cid> missing = missing(List.of(cid));
      missing.forEach(
          block -> store.write(List.of(new Change.Put(CrdtKeys.wanted(block), WANTED))));
      return missing;
    });
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
