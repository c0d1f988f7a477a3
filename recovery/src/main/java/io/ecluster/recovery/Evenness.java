package io.ecluster.recovery;

import io.ecluster.multiformats.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Which whole columns should leave a peer that they share. */
final class Evenness {
  /** A move helps only if the peers differ by as many shards. */
  private static final int WORTH_MOVING = 2;

  private final Map<PeerId, Deque<Integer>> held = new HashMap<>();
  private final Map<PeerId, Integer> loads = new HashMap<>();
  private final Set<PeerId> eligible;

  private Evenness(SortedMap<Integer, PeerId> kept, Set<PeerId> eligible) {
    this.eligible = eligible;
    eligible.forEach(peer -> loads.put(peer, 0));
    kept.forEach((column, peer) -> {
      held.computeIfAbsent(peer, _ -> new ArrayDeque<>()).add(column);
      loads.merge(peer, 1, Integer::sum);
    });
  }

  /**
   * The columns to move.
   *
   * @param kept holders of the columns that need no other
   * @param eligible peers that may get more
   * @param arriving how many other columns will be given to those peers
   */
  static List<Integer> columnsToMove(
      SortedMap<Integer, PeerId> kept, Set<PeerId> eligible, int arriving) {
    Evenness evenness = new Evenness(kept, eligible);
    for (int i = 0; i < arriving; i++) {
      evenness.emptiest().ifPresent(evenness::add);
    }
    return evenness.moves();
  }

  private List<Integer> moves() {
    List<Integer> moved = new ArrayList<>();
    while (emptiest().isPresent() && fullest().isPresent()) {
      PeerId from = fullest().get();
      PeerId to = emptiest().get();
      if (load(from) - load(to) < WORTH_MOVING) {
        break;
      }
      moved.add(held.getOrDefault(from, new ArrayDeque<>()).removeLast());
      loads.merge(from, -1, Integer::sum);
      add(to);
    }
    return moved;
  }

  private int load(PeerId peer) {
    return loads.getOrDefault(peer, 0);
  }

  private void add(PeerId peer) {
    loads.merge(peer, 1, Integer::sum);
  }

  private Optional<PeerId> emptiest() {
    return eligible.stream()
        .min(Comparator.comparingInt(this::load).thenComparing(Comparator.naturalOrder()));
  }

  private Optional<PeerId> fullest() {
    return held.keySet().stream()
        .filter(peer -> !held.getOrDefault(peer, new ArrayDeque<>()).isEmpty())
        .max(Comparator.comparingInt(this::load).thenComparing(Comparator.naturalOrder()));
  }
}
