package io.ecluster.recovery;

import io.ecluster.allocator.Candidate;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides what repair does, from what was found.
 *
 * <p>Goals, in order:
 *
 * <ol>
 *   <li>Groups that the next loss may destroy come first.
 *   <li>Never two shards of a group on one peer. Only where shards share peers already, and there
 *       are too few peers, they are spread as evenly as can be.
 *   <li>A column is mended where it is if its holder lives; nothing that is whole is moved, except
 *       away from a peer that it shares to one that makes the spread more even.
 *   <li>With too few peers as many columns as can be are rebuilt all the same: each one counts.
 * </ol>
 *
 * <p>Example: 4+2 on peers A to F, B is dead, D has lost a block, G is free: column 1 is rebuilt on
 * G, of column 3 only the stripe of that block is rebuilt on D.
 */
final class RepairPlanner {
  private RepairPlanner() {}

  /** Plans for all groups, most endangered first; what is promised by one counts for the next. */
  static List<GroupPlan> plan(RepairSnapshot snapshot) {
    Map<PeerId, Long> promised = new HashMap<>();
    List<GroupPlan> plans = new ArrayList<>();
    snapshot.groups().stream()
        .sorted(byDanger())
        .map(group -> new GroupPlanner(group, candidates(snapshot, promised), snapshot.excluded()))
        .map(GroupPlanner::plan)
        .forEach(plan -> {
          plans.add(plan);
          promise(plan, promised);
        });
    return plans;
  }

  private static Comparator<GroupSnapshot> byDanger() {
    return Comparator.comparingInt((GroupSnapshot group) -> GroupMargin.inPeers(group))
        .thenComparingInt(GroupMargin::inShards)
        .thenComparing(group -> group.ref().root())
        .thenComparingInt(group -> group.ref().number());
  }

  private static List<Candidate> candidates(RepairSnapshot snapshot, Map<PeerId, Long> promised) {
    return snapshot.live().stream()
        .map(peer ->
            new Candidate(
                peer.peer(),
                peer.freeBytes(),
                peer.promisedBytes() + promised.getOrDefault(peer.peer(), 0L),
                peer.domains()))
        .toList();
  }

  private static void promise(GroupPlan plan, Map<PeerId, Long> promised) {
    if (plan instanceof GroupPlan.Repair repair) {
      repair.columns().stream()
          .filter(column -> !column.inPlace())
          .forEach(column ->
              promised.merge(
                  column.target(),
                  repair.group().columns().get(column.column()).bytes(),
                  Long::sum));
    }
  }
}
