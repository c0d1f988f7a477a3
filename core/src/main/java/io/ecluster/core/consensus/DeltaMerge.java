package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.core.pin.Proto;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.Datastore.Change;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges one delta into the set: reads what is stored, and answers with the changes to store and
 * what they mean for the pinset.
 *
 * <p>The set is go-ds-crdt's. A pin is there while it has an instance without a tombstone; its
 * value is that of the instance with the highest priority, and among equals the greatest bytes. So
 * the order in which deltas arrive does not matter. Values are kept beside the instances; when a
 * tombstone takes one away, the best of those left is found by reading their blocks again.
 *
 * <p>Where a delta sets a pin twice we take the greater value, always; Go takes the later when it
 * first sees the delta and the greater when it reads it again.
 *
 * <p>Names that cannot be a pin's are passed over: Go stores them, but never lists them.
 */
final class DeltaMerge {
  private static final Logger log = LoggerFactory.getLogger(DeltaMerge.class);

  private final Datastore store;
  private final DeltaBlock block;
  private final List<Change> changes = new ArrayList<>();
  private final List<PinChange> events = new ArrayList<>();
  private boolean damaged;
  private int leftOut;

  private DeltaMerge(Datastore store, DeltaBlock block) {
    this.store = store;
    this.block = block;
  }

  /**
   * What a merge comes to.
   *
   * @param damaged whether a block that should be stored is not
   * @param leftOut names in the delta that are no pins', and values that are no pins
   */
  record Result(List<Change> changes, List<PinChange> events, boolean damaged, int leftOut) {}

  /** One value a pin may have. */
  private record Value(long priority, byte[] bytes) implements Comparable<Value> {
    @Override
    public int compareTo(Value other) {
      int byPriority = Long.compareUnsigned(priority, other.priority);
      return byPriority != 0 ? byPriority : Arrays.compareUnsigned(bytes, other.bytes);
    }

    private boolean beats(@Nullable Value other) {
      return other == null ? bytes.length > 0 : compareTo(other) > 0;
    }
  }

  /** Merges the delta in {@code block}. */
  static Result merge(Datastore store, DeltaBlock block) {
    DeltaMerge merge = new DeltaMerge(store, block);
    merge.run();
    return new Result(merge.changes, merge.events, merge.damaged, merge.leftOut);
  }

  private void run() {
    Map<String, Set<String>> tombstones = tombstones();
    Map<String, byte[]> elements = elements();
    Set<String> pins = new LinkedHashSet<>(tombstones.keySet());
    pins.addAll(elements.keySet());
    for (String pin : pins) {
      merge(pin, tombstones.getOrDefault(pin, Set.of()), elements.get(pin));
    }
  }

  private Map<String, Set<String>> tombstones() {
    Map<String, Set<String>> byPin = new LinkedHashMap<>();
    for (Delta.Tombstone tombstone : block.delta().tombstones()) {
      if (CrdtKeys.pinOf(tombstone.pin()).isPresent()
          && CrdtKeys.blockOf(tombstone.block()).isPresent()) {
        byPin.computeIfAbsent(tombstone.pin(), pin -> new LinkedHashSet<>()).add(tombstone.block());
      } else {
        leftOut++;
      }
    }
    return byPin;
  }

  private Map<String, byte[]> elements() {
    Map<String, byte[]> byPin = new LinkedHashMap<>();
    for (Delta.Element element : block.delta().elements()) {
      if (CrdtKeys.pinOf(element.pin()).isPresent()) {
        byPin.merge(element.pin(), element.value(), DeltaMerge::greater);
      } else {
        leftOut++;
      }
    }
    return byPin;
  }

  private static byte[] greater(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private void merge(String pin, Set<String> tombstones, byte @Nullable [] element) {
    Value before = stored(pin);
    Value base = tombstones.isEmpty() ? before : bestSurvivor(pin, tombstones);
    for (String id : tombstones) {
      changes.add(new Change.Put(CrdtKeys.tombstone(pin, id), new byte[0]));
    }
    if (element == null) {
      settle(pin, before, base, false);
      return;
    }
    changes.add(new Change.Put(CrdtKeys.instance(pin, block.name()), new byte[0]));
    Value added = new Value(block.delta().priority(), element);
    boolean wins = added.beats(base) && !isTombstoned(pin, block.name());
    settle(pin, before, wins ? added : base, wins);
  }

  private void settle(String pin, @Nullable Value before, @Nullable Value after, boolean added) {
    if (after == null) {
      if (before != null) {
        changes.add(new Change.Delete(CrdtKeys.value(pin)));
        changes.add(new Change.Delete(CrdtKeys.priority(pin)));
        events.add(new PinChange.Remove(CrdtKeys.pinOf(pin).orElseThrow()));
      }
      return;
    }
    if (before == null || before.compareTo(after) != 0) {
      changes.add(new Change.Put(CrdtKeys.value(pin), after.bytes()));
      changes.add(new Change.Put(CrdtKeys.priority(pin), Proto.uvarint(after.priority() + 1)));
    }
    if (added || before == null || !Arrays.equals(before.bytes(), after.bytes())) {
      decode(pin, after.bytes()).ifPresent(value -> events.add(new PinChange.Put(value)));
    }
  }

  private Optional<Pin> decode(String pin, byte[] value) {
    Cid cid = CrdtKeys.pinOf(pin).orElseThrow();
    try {
      return Optional.of(PinProtobuf.decode(cid, value));
    } catch (FormatException e) {
      leftOut++;
      log.debug("the pin of {} cannot be read and is left out: {}", cid, e.getMessage());
      return Optional.empty();
    }
  }

  private @Nullable Value stored(String pin) {
    byte[] value = store.get(CrdtKeys.value(pin)).orElse(null);
    byte[] priority = store.get(CrdtKeys.priority(pin)).orElse(null);
    return value == null || priority == null ? null : new Value(Proto.uvarint(priority) - 1, value);
  }

  private boolean isTombstoned(String pin, String id) {
    return store.has(CrdtKeys.tombstone(pin, id));
  }

  private @Nullable Value bestSurvivor(String pin, Set<String> tombstones) {
    Set<String> gone = new HashSet<>(tombstones);
    gone.add(block.name());
    byte[] prefix = CrdtKeys.instances(pin);
    try (Stream<Datastore.Entry> instances = store.scan(prefix)) {
      return instances
          .map(entry -> CrdtKeys.after(prefix, entry.key()))
          .filter(id -> !gone.contains(id) && !isTombstoned(pin, id))
          .flatMap(id -> valueIn(pin, id).stream())
          .reduce((a, b) -> b.beats(a) ? b : a)
          .orElse(null);
    }
  }

  /** The greatest value that a stored block sets for a pin. */
  private Optional<Value> valueIn(String pin, String id) {
    Optional<Delta> delta = CrdtKeys.blockOf(id).flatMap(this::storedDelta);
    damaged |= delta.isEmpty();
    return delta.flatMap(found ->
        found.elements().stream()
            .filter(element -> element.pin().equals(pin) && element.value().length > 0)
            .map(element -> new Value(found.priority(), element.value()))
            .reduce((a, b) -> b.beats(a) ? b : a));
  }

  private Optional<Delta> storedDelta(Cid cid) {
    try {
      return store.get(CrdtKeys.block(cid)).map(bytes -> DeltaBlock.decode(cid, bytes).delta());
    } catch (FormatException e) {
      log.warn("stored block {} is damaged: {}", cid, e.getMessage());
      return Optional.empty();
    }
  }
}
