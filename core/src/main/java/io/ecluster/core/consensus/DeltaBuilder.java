package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.core.state.Datastore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Turns changes into deltas: one, unless they take more than a delta may. A later change of a pin
 * replaces an earlier one, except that a removal still removes what was there before.
 */
final class DeltaBuilder {
  private final Datastore store;
  private final Map<String, byte[]> elements = new LinkedHashMap<>();
  private final Map<String, List<Delta.Tombstone>> tombstones = new LinkedHashMap<>();

  private DeltaBuilder(Datastore store) {
    this.store = store;
  }

  /** Elements and tombstones of one delta, whose priority is not known yet. */
  record Part(List<Delta.Element> elements, List<Delta.Tombstone> tombstones) {
    Delta at(long priority) {
      return new Delta(elements, tombstones, priority);
    }
  }

  /**
   * The deltas that the changes come to, none if they change nothing.
   *
   * @throws ConsensusException if a pin is too large for any delta
   */
  static List<Part> build(Datastore store, List<PinChange> changes) {
    DeltaBuilder builder = new DeltaBuilder(store);
    changes.forEach(builder::add);
    return builder.parts();
  }

  private void add(PinChange change) {
    switch (change) {
      case PinChange.Put put -> {
        String pin = CrdtKeys.pinName(put.pin().cid());
        elements.remove(pin);
        elements.put(pin, PinProtobuf.encode(put.pin()));
      }
      case PinChange.Remove remove -> {
        String pin = CrdtKeys.pinName(remove.cid());
        elements.remove(pin);
        tombstones.computeIfAbsent(pin, this::living);
      }
    }
  }

  /** Tombstones for each instance of a pin that has none yet. */
  private List<Delta.Tombstone> living(String pin) {
    byte[] prefix = CrdtKeys.instances(pin);
    try (Stream<Datastore.Entry> instances = store.scan(prefix)) {
      return instances
          .map(entry -> CrdtKeys.after(prefix, entry.key()))
          .filter(block -> !store.has(CrdtKeys.tombstone(pin, block)))
          .map(block -> new Delta.Tombstone(pin, block))
          .toList();
    }
  }

  private List<Part> parts() {
    Cutter cutter = new Cutter();
    tombstones.values().forEach(list -> list.forEach(cutter::add));
    elements.forEach((pin, value) -> cutter.add(new Delta.Element(pin, value)));
    cutter.cut();
    return cutter.parts;
  }

  /** Starts another part when one is full. */
  private static final class Cutter {
    private final List<Part> parts = new ArrayList<>();
    private List<Delta.Element> elements = new ArrayList<>();
    private List<Delta.Tombstone> tombstones = new ArrayList<>();
    private int size;

    private void add(Delta.Tombstone tombstone) {
      makeRoom(tombstone.size());
      tombstones.add(tombstone);
    }

    private void add(Delta.Element element) {
      if (element.size() > Delta.MAX_BYTES) {
        throw new ConsensusException(
            "a pin of "
                + element.value().length
                + " bytes is too large: at most "
                + Delta.MAX_BYTES
                + " fit; shorten its metadata");
      }
      makeRoom(element.size());
      elements.add(element);
    }

    private void makeRoom(int bytes) {
      if (size + bytes > Delta.MAX_BYTES) {
        cut();
      }
      size += bytes;
    }

    private void cut() {
      if (!elements.isEmpty() || !tombstones.isEmpty()) {
        parts.add(new Part(elements, tombstones));
        elements = new ArrayList<>();
        tombstones = new ArrayList<>();
      }
      size = 0;
    }
  }
}
