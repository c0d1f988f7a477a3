package io.ecluster.recovery;

import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings erasure-coded groups back to full margin. */
public final class EcRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(EcRecovery.class);

  /** Groups whose repairs wait for each other though they need not are few at this number. */
  private static final int LOCKS = 64;

  private final RecoveryParts parts;
  private final Snapshots snapshots;
  private final RepairExecutor executor;
  private final ManifestKeeper manifests;
  private final List<ReentrantLock> locks =
      IntStream.range(0, LOCKS).mapToObj(_ -> new ReentrantLock()).toList();

  public EcRecovery(RecoveryParts parts) {
    this.parts = parts;
    NodeSource nodes = new NodeSource(parts.ipfs(), parts.blocks(), parts.peers());
    this.snapshots = new Snapshots(parts, nodes);
    this.executor = new RepairExecutor(parts, snapshots);
    this.manifests = new ManifestKeeper(parts, nodes);
  }

  /**
   * Looks at the groups of one coded root, or of all, and repairs what is damaged, most endangered
   * first. Healthy groups are told of as they are found.
   *
   * @param dryRun only says what would be done
   * @param verify lets holders read and hash their blocks, which takes as long as reading does
   * @throws PinNotFoundException if the root is not pinned
   * @throws NotCodedException if it is not erasure-coded
   */
  public void run(Optional<Cid> root, boolean dryRun, boolean verify, Consumer<GroupReport> each) {
    Probes probes = new Probes(parts.peers());
    Set<PeerId> live = probes.among(parts.peers().live());
    List<GroupSnapshot> damaged = new ArrayList<>();
    Map<Cid, Coding> codings = new HashMap<>();
    for (Cid cid : roots(root)) {
      Optional<Coding> coding = open(cid, each);
      if (coding.isPresent()) {
        if (!dryRun) {
          var _ = manifests.spread(coding.get(), live);
        }
        List<GroupSnapshot> found = look(coding.get(), probes, verify, each);
        damaged.addAll(found);
        if (!found.isEmpty()) {
          codings.put(cid, coding.get());
        }
      }
    }
    RepairSnapshot all = new RepairSnapshot(damaged, executor.candidates(probes), Set.of());
    for (GroupPlan plan : RepairPlanner.plan(all)) {
      Coding coding = codings.get(plan.group().ref().root());
      each.accept(dryRun || coding == null ? Reports.of(plan) : carryOut(coding, plan));
    }
  }

  private List<Cid> roots(Optional<Cid> root) {
    if (root.isEmpty()) {
      try (Stream<Pin> pins = parts.state().list()) {
        return pins.filter(EcRecovery::isCoded).map(Pin::cid).sorted().toList();
      }
    }
    Pin pin = parts.state().get(root.get()).orElseThrow(PinNotFoundException::new);
    if (!isCoded(pin)) {
      throw new NotCodedException(pin);
    }
    return List.of(pin.cid());
  }

  private static boolean isCoded(Pin pin) {
    return pin.type() == PinType.META && pin.reference().isPresent();
  }

  private Optional<Coding> open(Cid root, Consumer<GroupReport> each) {
    Optional<Pin> meta = parts.state().get(root);
    try {
      return meta.map(snapshots::coding);
    } catch (BlockNotFoundException | FormatException e) {
      if (e instanceof FormatException && meta.orElseThrow().options().dataShards() == 0) {
        return Optional.empty(); // sharded by Go, without code
      }
      String error = "its manifest cannot be read: " + e.getMessage();
      meta.ifPresent(pin -> each.accept(Reports.unreadable(pin, error)));
      return Optional.empty();
    }
  }

  /** Tells of healthy and unreadable groups, and gives the others. */
  private List<GroupSnapshot> look(
      Coding coding, Probes probes, boolean verify, Consumer<GroupReport> each) {
    List<GroupSnapshot> damaged = new ArrayList<>();
    var live = executor.candidates(probes);
    for (int group = 0; group < coding.manifest().groups().size(); group++) {
      try {
        GroupSnapshot found = snapshots.group(coding, group, probes, verify);
        GroupPlan plan = new GroupPlanner(found, live, Set.of()).plan();
        if (plan instanceof GroupPlan.Healthy) {
          each.accept(Reports.of(plan));
        } else {
          damaged.add(found);
        }
      } catch (BlockNotFoundException | FormatException e) {
        each.accept(
            Reports.unreadable(coding, group, "group %d: %s".formatted(group, e.getMessage())));
      }
    }
    return damaged;
  }

  private GroupReport carryOut(Coding coding, GroupPlan plan) {
    return plan instanceof GroupPlan.Repair repair ? carryOut(coding, repair) : Reports.of(plan);
  }

  private GroupReport carryOut(Coding coding, GroupPlan.Repair repair) {
    long start = System.nanoTime();
    GroupReport report = underLock(coding, repair);
    parts.watch().reported(report, Duration.ofNanos(System.nanoTime() - start));
    return report;
  }

  private GroupReport underLock(Coding coding, GroupPlan.Repair repair) {
    ReentrantLock lock = lock(repair.group().ref());
    lock.lock();
    try {
      return Reports.of(repair, executor.repair(coding, repair));
    } catch (WaitInterruptedException e) {
      throw e;
    } catch (GroupChangedException e) {
      return Reports.failed(repair, RepairExecutor.textOf(e));
    } catch (RuntimeException e) {
      LOG.warn(
          "group {} of {} was not repaired", repair.group().ref().number(), coding.meta().cid(), e);
      return Reports.failed(repair, RepairExecutor.textOf(e));
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(GroupRef ref) {
    return locks.get(Math.floorMod(ref.seed(), LOCKS));
  }

  /**
   * Repairs one group if it is damaged; does nothing if it is gone.
   *
   * @return what became of it
   */
  Optional<GroupReport> repairGroup(Cid root, int group) {
    Optional<Pin> meta = parts.state().get(root).filter(EcRecovery::isCoded);
    if (meta.isEmpty()) {
      return Optional.empty();
    }
    Coding coding = snapshots.coding(meta.get());
    if (group >= coding.manifest().groups().size()) {
      return Optional.empty();
    }
    Probes probes = new Probes(parts.peers());
    GroupSnapshot found = snapshots.group(coding, group, probes, true);
    RepairSnapshot snapshot =
        new RepairSnapshot(List.of(found), executor.candidates(probes), Set.of());
    return Optional.of(carryOut(coding, RepairPlanner.plan(snapshot).getFirst()));
  }

  /** Whether nothing can be done for any group of a coded pin: all are at full margin. */
  public boolean isHealthy(Pin meta) {
    try {
      List<GroupReport> unreadable = new ArrayList<>();
      Probes probes = new Probes(parts.peers());
      List<GroupSnapshot> damaged =
          look(snapshots.coding(meta), probes, false, report -> keepBad(report, unreadable));
      return damaged.isEmpty() && unreadable.isEmpty();
    } catch (BlockNotFoundException | FormatException e) {
      LOG.info("the manifest of {} cannot be read: {}", meta.cid(), e.getMessage());
      return false;
    }
  }

  private static void keepBad(GroupReport report, List<GroupReport> bad) {
    if (!report.state().equals(GroupReport.HEALTHY)) {
      bad.add(report);
    }
  }
}
