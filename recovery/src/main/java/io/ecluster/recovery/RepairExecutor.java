package io.ecluster.recovery;

import io.ecluster.allocator.Candidate;
import io.ecluster.core.cluster.LivePeer;
import io.ecluster.erasure.ErasureException;
import io.ecluster.erasure.GroupNode;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out plans. A peer that fails is replaced by another, and a holder that dies meanwhile by
 * another column, by looking and planning anew; that ends when all is whole, or with the reason why
 * it cannot be.
 */
final class RepairExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(RepairExecutor.class);

  /** Each round excludes a peer or loses a holder; a group has not many more of either. */
  private static final int MAX_ROUNDS = 64;

  private final RecoveryParts parts;
  private final Snapshots snapshots;

  RepairExecutor(RecoveryParts parts, Snapshots snapshots) {
    this.parts = parts;
    this.snapshots = snapshots;
  }

  /**
   * What came of a repair.
   *
   * @param rebuilt columns that are whole again, with who holds them
   * @param error why not all is well; empty if all is
   */
  record Outcome(Map<Integer, PeerId> rebuilt, int margin, String error) {}

  /** Peers that may get shards: those that answer. */
  List<Candidate> candidates(Probes probes) {
    List<LivePeer> members = parts.members().get();
    Set<PeerId> there = probes.among(members.stream().map(LivePeer::peer).toList());
    return parts
        .promises()
        .candidates(members.stream().filter(member -> there.contains(member.peer())).toList());
  }

  Outcome repair(Coding coding, GroupPlan.Repair first) {
    return new Repair(coding, first).run();
  }

  /** The repair of one group. */
  private final class Repair {
    private final Coding coding;
    private final int group;
    private final Map<Integer, PeerId> rebuilt = new TreeMap<>();
    private final Set<PeerId> excluded = new TreeSet<>();
    private GroupPlan plan;
    private String lastError = "";

    Repair(Coding coding, GroupPlan.Repair first) {
      this.coding = coding;
      this.group = first.group().ref().number();
      this.plan = first;
    }

    Outcome run() {
      GroupNode node = snapshots.node(coding, group);
      for (int round = 0; round < MAX_ROUNDS; round++) {
        if (!(plan instanceof GroupPlan.Repair repair)) {
          return outcome(plan);
        }
        if (isDone(node, repair)) {
          return new Outcome(rebuilt, repair.marginAfter(), repair.shortage().orElse(""));
        }
        lookAgain();
      }
      return failure("given up after " + MAX_ROUNDS + " rounds");
    }

    /** Whether a round did all that it was to do. */
    private boolean isDone(GroupNode node, GroupPlan.Repair repair) {
      try {
        RepairRound.Result result = new RepairRound(parts, coding, node, repair).run();
        repair.columns().stream()
            .filter(column -> result.done().contains(column.column()))
            .forEach(column -> rebuilt.put(column.column(), column.target()));
        excluded.addAll(result.failed());
        result.errors().forEach(this::note);
        return result.errors().isEmpty();
      } catch (GroupChangedException e) {
        if (e.gone()) {
          throw e;
        }
        note(e.getMessage());
      } catch (ErasureException e) {
        note(e.getMessage());
      }
      return false;
    }

    private void note(@org.jspecify.annotations.Nullable String error) {
      lastError = error == null ? "" : error;
      LOG.warn("group {} of {}: {}", group, coding.meta().cid(), lastError);
    }

    private void lookAgain() {
      Probes probes = new Probes(parts.peers());
      GroupSnapshot now = snapshots.group(coding, group, probes, false);
      plan =
          RepairPlanner.plan(new RepairSnapshot(List.of(now), candidates(probes), excluded))
              .getFirst();
    }

    private Outcome outcome(GroupPlan end) {
      return switch (end) {
        case GroupPlan.Healthy healthy -> new Outcome(rebuilt, healthy.margin(), "");
        case GroupPlan.Unrepairable hopeless -> failure(hopeless.why());
        case GroupPlan.NotEnoughPeers few -> failure(few.why());
        case GroupPlan.Repair _ -> throw new IllegalStateException("there is work left");
      };
    }

    private Outcome failure(String why) {
      String text = lastError.isEmpty() ? why : why + " (" + lastError + ")";
      return new Outcome(rebuilt, plan.margin(), text);
    }
  }

  /** What a failed look at a group says. */
  static String textOf(RuntimeException e) {
    String message = e.getMessage();
    return message == null || e instanceof NullPointerException
        ? "internal error: " + e
        : message + (e instanceof BlockNotFoundException ? "; no live peer has it" : "");
  }
}
