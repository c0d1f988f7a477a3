package io.ecluster.recovery;

import io.ecluster.allocator.Candidate;
import io.ecluster.allocator.Placement;
import io.ecluster.allocator.PlacementRequest;
import io.ecluster.allocator.ShardPlacement;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Plans the repair of one group. Used once. */
final class GroupPlanner {
  private final GroupSnapshot group;
  private final List<Candidate> live;
  private final Set<PeerId> excluded;

  /** Columns that stay where they are, mended ones among them. */
  private final SortedMap<Integer, PeerId> kept = new TreeMap<>();

  private final List<Integer> lost = new ArrayList<>();

  GroupPlanner(GroupSnapshot group, List<Candidate> live, Set<PeerId> excluded) {
    this.group = group;
    this.live = live;
    this.excluded = excluded;
    group.full().forEach(this::sort);
  }

  private void sort(ColumnSnapshot column) {
    boolean gone =
        column.holder().isEmpty()
            || column.state() == ColumnState.LOST
            || (column.state() == ColumnState.UNPINNED && excluded.contains(holder(column)));
    if (gone) {
      lost.add(column.column());
    } else {
      kept.put(column.column(), holder(column));
    }
  }

  private static PeerId holder(ColumnSnapshot column) {
    return column.holder().orElseThrow();
  }

  GroupPlan plan() {
    int margin = GroupMargin.inPeers(group);
    Optional<GroupPlan> hopeless = undecodable(margin);
    if (hopeless.isPresent()) {
      return hopeless.get();
    }
    Set<PeerId> free = freePeers();
    boolean spread = free.size() < lost.size() && group.sharesPeers();
    int room = spread ? (eligible().isEmpty() ? 0 : lost.size()) : free.size();
    List<Integer> placed = lost.subList(0, Math.min(room, lost.size()));
    if (placed.isEmpty() && !lost.isEmpty() && mends().isEmpty()) {
      return tooFewPeers(margin);
    }
    List<Integer> moved = Evenness.columnsToMove(kept, eligible(), placed.size());
    if (placed.isEmpty() && moved.isEmpty() && mends().isEmpty()) {
      return new GroupPlan.Healthy(group, margin);
    }
    return repair(margin, placed, moved, spread);
  }

  private Optional<GroupPlan> undecodable(int margin) {
    int need = group.shape().dataShards();
    int worst = need;
    for (int stripe = 0; stripe < group.shape().stripes(); stripe++) {
      int have = group.shape().padding(stripe) + group.readable(stripe).cardinality();
      worst = Math.min(worst, have);
    }
    return worst < need ? Optional.of(unrepairable(margin, worst, need)) : Optional.empty();
  }

  private GroupPlan unrepairable(int margin, int have, int need) {
    List<Integer> missing =
        group
            .full()
            .filter(c -> c.state() == ColumnState.LOST || !c.damaged().isEmpty())
            .map(ColumnSnapshot::column)
            .toList();
    String why =
        "group %d cannot be rebuilt: %d of its shards can be read, %d are needed; missing shards %s"
            .formatted(group.ref().number(), have, need, missing);
    return new GroupPlan.Unrepairable(group, margin, missing, have, need, why);
  }

  private GroupPlan tooFewPeers(int margin) {
    int needed = (int) group.full().count();
    int there = live.size();
    return new GroupPlan.NotEnoughPeers(group, margin, needed, there, shortage(needed, there));
  }

  private String shortage(int needed, int there) {
    String failed = excluded.isEmpty() ? "" : ", of which " + excluded.size() + " failed";
    return "group %d needs %d live peers and there are %d%s; shards %s stay lost until more come"
        .formatted(group.ref().number(), needed, there, failed, lost);
  }

  private List<ColumnSnapshot> mends() {
    return group
        .in(ColumnState.UNPINNED)
        .filter(column -> kept.containsKey(column.column()))
        .toList();
  }

  private Set<PeerId> eligible() {
    Set<PeerId> eligible = new HashSet<>();
    live.stream().map(Candidate::peer).forEach(eligible::add);
    eligible.removeAll(excluded);
    return eligible;
  }

  private Set<PeerId> freePeers() {
    Set<PeerId> free = eligible();
    free.removeAll(kept.values());
    return free;
  }

  private GroupPlan repair(int margin, List<Integer> placed, List<Integer> moved, boolean spread) {
    List<Integer> columns = new ArrayList<>(placed);
    columns.addAll(moved);
    Map<Integer, PeerId> siblings = new HashMap<>(kept);
    moved.forEach(siblings::remove);
    Placement placement = ShardPlacement.place(request(columns, siblings, spread));
    return switch (placement) {
      case Placement.Refused refused ->
          new GroupPlan.NotEnoughPeers(
              group, margin, refused.needed(), refused.live(), refused.message());
      case Placement.Placed where -> repair(margin, where, siblings, placed.size());
    };
  }

  private PlacementRequest request(
      List<Integer> columns, Map<Integer, PeerId> siblings, boolean spread) {
    long bytes = columns.stream().mapToLong(c -> group.columns().get(c).bytes()).max().orElse(0);
    return new PlacementRequest(
        columns,
        siblings,
        group.shape().parityShards(),
        live,
        excluded,
        spread,
        bytes,
        group.ref().seed());
  }

  private GroupPlan repair(
      int margin, Placement.Placed where, Map<Integer, PeerId> siblings, int rebuilt) {
    List<ColumnRepair> repairs = new ArrayList<>();
    List<ColumnSnapshot> columns = new ArrayList<>(group.columns());
    where
        .holders()
        .forEach((column, target) -> {
          ColumnSnapshot found = moving(columns.get(column));
          columns.set(column, found);
          repairs.add(
              new ColumnRepair(column, found.state(), target, false, group.shape().allStripes()));
        });
    mends().stream()
        .filter(column -> siblings.containsKey(column.column()))
        .forEach(column ->
            repairs.add(
                new ColumnRepair(
                    column.column(), column.state(), holder(column), true, column.damaged())));
    Map<Integer, PeerId> after = new HashMap<>(siblings);
    after.putAll(where.holders());
    GroupSnapshot marked = new GroupSnapshot(group.ref(), group.shape(), columns);
    return new GroupPlan.Repair(
        marked,
        margin,
        GroupMargin.inPeers(group, after),
        repairs,
        bytesToRead(repairs),
        repairs.stream().mapToLong(r -> group.shape().bytes(r.stripes(), r.column())).sum(),
        where.receipt().relaxed(),
        rebuilt < lost.size()
            ? Optional.of(shortage((int) group.full().count(), live.size()))
            : Optional.empty());
  }

  /** A whole column that gets another holder does so because it shares one. */
  private static ColumnSnapshot moving(ColumnSnapshot column) {
    return column.state() == ColumnState.HEALTHY ? column.as(ColumnState.SHARED) : column;
  }

  private long bytesToRead(List<ColumnRepair> repairs) {
    long bytes = 0;
    for (int stripe = 0; stripe < group.shape().stripes(); stripe++) {
      BitSet wanted = new BitSet();
      for (ColumnRepair repair : repairs) {
        if (repair.copied()) {
          bytes += group.shape().bytes(stripe, repair.column());
        } else if (repair.stripes().get(stripe)) {
          wanted.set(repair.column());
        }
      }
      BitSet readable = group.readable(stripe);
      readable.andNot(wanted);
      bytes += group.shape().bytesToRebuild(stripe, wanted, readable);
    }
    return bytes;
  }
}
