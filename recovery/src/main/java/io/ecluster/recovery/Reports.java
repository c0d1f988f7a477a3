package io.ecluster.recovery;

import io.ecluster.core.pin.PinOptions;
import io.ecluster.multiformats.PeerId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Says in a report what was found, planned and done. */
final class Reports {
  private Reports() {}

  /** A plan that is not carried out, or needs not be. */
  static GroupReport of(GroupPlan plan) {
    return switch (plan) {
      case GroupPlan.Healthy p -> report(p, GroupReport.HEALTHY, "");
      case GroupPlan.Unrepairable p -> report(p, GroupReport.UNREPAIRABLE, p.why());
      case GroupPlan.NotEnoughPeers p -> report(p, GroupReport.FAILED, p.why());
      case GroupPlan.Repair p -> planned(p);
    };
  }

  private static GroupReport report(GroupPlan plan, String state, String error) {
    return report(plan, state, plan.margin(), shards(plan.group(), Reports::asFound), 0, 0, error);
  }

  private static GroupReport planned(GroupPlan.Repair plan) {
    Map<Integer, PeerId> targets = targets(plan);
    return report(
        plan,
        GroupReport.PLANNED,
        plan.marginAfter(),
        shards(plan.group(), column -> shard(column, column.state().text(), targets)),
        plan.bytesToRead(),
        plan.bytesToWrite(),
        plan.shortage().orElse(""));
  }

  /** A plan that was carried out. */
  static GroupReport of(GroupPlan.Repair plan, RepairExecutor.Outcome outcome) {
    return report(
        plan,
        outcome.error().isEmpty() ? GroupReport.REPAIRED : GroupReport.FAILED,
        outcome.margin(),
        shards(plan.group(), column -> done(column, outcome.rebuilt())),
        plan.bytesToRead(),
        plan.bytesToWrite(),
        outcome.error());
  }

  /** A plan that could not be carried out. */
  static GroupReport failed(GroupPlan plan, String error) {
    return report(plan, GroupReport.FAILED, error);
  }

  /** A group of which not even the node can be had. */
  static GroupReport unreadable(Coding coding, int group, String error) {
    GroupRef ref = coding.ref(group);
    int data = coding.manifest().parameters().dataShards();
    int parity = coding.manifest().parameters().parityShards();
    return new GroupReport(
        ref.root(),
        ref.name(),
        group,
        ref.of(),
        data,
        parity,
        GroupReport.UNREPAIRABLE,
        -1,
        -1,
        List.of(),
        0,
        0,
        error);
  }

  /** A coded pin of which the manifest cannot be had: one report for all its groups. */
  static GroupReport unreadable(io.ecluster.core.pin.Pin meta, String error) {
    PinOptions options = meta.options();
    return new GroupReport(
        meta.cid(),
        options.name(),
        0,
        0,
        options.dataShards(),
        options.parityShards(),
        GroupReport.UNREPAIRABLE,
        -1,
        -1,
        List.of(),
        0,
        0,
        error);
  }

  private static GroupReport report(
      GroupPlan plan,
      String state,
      int marginAfter,
      List<GroupReport.Shard> shards,
      long bytesToRead,
      long bytesToWrite,
      String error) {
    GroupRef ref = plan.group().ref();
    return new GroupReport(
        ref.root(),
        ref.name(),
        ref.number(),
        ref.of(),
        plan.group().shape().dataShards(),
        plan.group().shape().parityShards(),
        state,
        plan.margin(),
        marginAfter,
        shards,
        bytesToRead,
        bytesToWrite,
        error);
  }

  private static List<GroupReport.Shard> shards(
      GroupSnapshot group, Function<ColumnSnapshot, GroupReport.Shard> each) {
    return group.columns().stream().map(each).toList();
  }

  private static GroupReport.Shard asFound(ColumnSnapshot column) {
    return shard(column, column.state().text(), Map.of());
  }

  private static GroupReport.Shard done(ColumnSnapshot column, Map<Integer, PeerId> rebuilt) {
    boolean isRebuilt = rebuilt.containsKey(column.column());
    String state = isRebuilt ? GroupReport.Shard.REBUILT : column.state().text();
    return shard(column, state, rebuilt);
  }

  private static GroupReport.Shard shard(
      ColumnSnapshot column, String state, Map<Integer, PeerId> holders) {
    Optional<PeerId> newPeer =
        Optional.ofNullable(holders.get(column.column()))
            .filter(peer -> !Optional.of(peer).equals(column.holder()));
    return new GroupReport.Shard(column.column(), column.shard(), column.holder(), state, newPeer);
  }

  private static Map<Integer, PeerId> targets(GroupPlan.Repair plan) {
    Map<Integer, PeerId> targets = new HashMap<>();
    plan.columns().forEach(column -> targets.put(column.column(), column.target()));
    return targets;
  }
}
