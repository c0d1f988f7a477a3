package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.UploadLane;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ShardNode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one plan once: streams stripe by stripe to the new holders, and only when they have
 * stored everything changes the pins. May be broken off at any point: what was sent and is not
 * pinned goes with the next garbage collection.
 */
final class RepairRound {
  private static final Logger LOG = LoggerFactory.getLogger(RepairRound.class);

  /** A holder that is slow is still better than a group that is not repaired. */
  private static final Duration READ_PATIENCE = Duration.ofSeconds(10);

  private static final Duration RECOVER_TIMEOUT = Duration.ofSeconds(10);

  private final RecoveryParts parts;
  private final Coding coding;
  private final GroupNode node;
  private final GroupPlan.Repair plan;

  RepairRound(RecoveryParts parts, Coding coding, GroupNode node, GroupPlan.Repair plan) {
    this.parts = parts;
    this.coding = coding;
    this.node = node;
    this.plan = plan;
  }

  /**
   * What came of it.
   *
   * @param done columns that are healthy now
   * @param failed peers that did not take their shard
   * @param errors what they said
   */
  record Result(Set<Integer> done, Set<PeerId> failed, List<String> errors) {}

  /**
   * Carries out the plan.
   *
   * @throws GroupChangedException if somebody else changed pins of the group meanwhile
   * @throws io.ecluster.erasure.ErasureException if too little can be read
   */
  Result run() {
    requireUnchanged();
    Map<Integer, UploadLane> lanes = new TreeMap<>();
    try {
      plan.columns().forEach(c -> lanes.put(c.column(), lane(c)));
      return run(lanes);
    } finally {
      UploadLane.closeAll(lanes.values());
    }
  }

  private UploadLane lane(ColumnRepair repair) {
    if (!repair.inPlace()) {
      parts.promises().add(repair.target(), plan.group().columns().get(repair.column()).bytes());
    }
    return UploadLane.start(parts.blocks(), repair.target());
  }

  private Result run(Map<Integer, UploadLane> lanes) {
    try (HolderLinks links =
        new HolderLinks(parts.rpc(), parts.peers(), parts.ipfs(), READ_PATIENCE)) {
      stream(new CellSupply(node, plan, links), lanes);
    }
    sendNodes(lanes);
    lanes.values().forEach(UploadLane::finish);
    Set<PeerId> failed = new TreeSet<>();
    List<String> errors = new ArrayList<>();
    List<ColumnRepair> stored = stillTaken(lanes);
    lanes.values().stream()
        .filter(UploadLane::failed)
        .forEach(lane -> {
          failed.add(lane.peer());
          errors.add(lane.failureText());
        });
    requireUnchanged();
    commit(stored);
    Set<Integer> done = awaitHolders(stored, failed, errors);
    return new Result(done, failed, errors);
  }

  private void stream(CellSupply supply, Map<Integer, UploadLane> lanes) {
    for (int stripe = 0; stripe < node.stripes().size(); stripe++) {
      List<ColumnRepair> wanted = stillTaken(lanes);
      if (wanted.isEmpty()) {
        return;
      }
      long start = System.nanoTime();
      Map<Integer, List<Block>> cells = supply.stripe(stripe, wanted);
      tell(cells, Duration.ofNanos(System.nanoTime() - start));
      cells.forEach((column, cell) -> at(lanes, column).send(cell));
    }
  }

  private void tell(Map<Integer, List<Block>> cells, Duration took) {
    if (!cells.isEmpty()) {
      long bytes = cells.values().stream().flatMap(List::stream).mapToLong(Block::size).sum();
      parts.watch().stripe(RecoveryWatch.Work.REPAIR, took, bytes);
    }
  }

  private List<ColumnRepair> stillTaken(Map<Integer, UploadLane> lanes) {
    return plan.columns().stream().filter(c -> !at(lanes, c.column()).failed()).toList();
  }

  private void sendNodes(Map<Integer, UploadLane> lanes) {
    lanes.forEach((column, lane) -> {
      ShardNode shard = ShardNode.of(node, column);
      List<Block> nodes = new ArrayList<>();
      shard.groupNode().ifPresent(cid -> nodes.add(new Block(cid, node.toBlock().data())));
      nodes.add(shard.toBlock());
      lane.send(nodes);
    });
  }

  /** Two repairs at once must not undo each other, nor bring back what was unpinned. */
  private void requireUnchanged() {
    Optional<Cid> manifest = parts.state().get(coding.meta().cid()).flatMap(Pin::reference);
    if (!manifest.equals(coding.meta().reference())) {
      throw new GroupChangedException(
          coding.meta().cid() + " was unpinned or added anew meanwhile; nothing was changed", true);
    }
    for (ColumnSnapshot column : plan.group().columns()) {
      Optional<PeerId> holder =
          column
              .shard()
              .flatMap(parts.state()::get)
              .flatMap(pin -> pin.allocations().stream().findFirst());
      if (!holder.equals(column.holder())) {
        throw new GroupChangedException(
            "shard %d of group %d was moved by another repair"
                .formatted(column.column(), node.index()),
            false);
      }
    }
  }

  private void commit(List<ColumnRepair> stored) {
    List<PinChange> changes =
        stored.stream()
            .filter(repair -> !repair.inPlace())
            .<PinChange>map(repair -> new PinChange.Put(pin(repair)))
            .toList();
    if (!changes.isEmpty()) {
      parts.consensus().commit(changes);
    }
  }

  private Pin pin(ColumnRepair repair) {
    Cid shard = shard(repair);
    return parts
        .state()
        .get(shard)
        .map(pin -> pin.withAllocations(List.of(repair.target())))
        .orElseGet(() -> factory().shard(shard, node.index(), repair.column(), repair.target()));
  }

  private Cid shard(ColumnRepair repair) {
    return plan.group().columns().get(repair.column()).shard().orElseThrow();
  }

  private CodedPinFactory factory() {
    Manifest manifest = coding.manifest();
    return new CodedPinFactory(
        manifest.coding().toString(),
        manifest.parameters().shardSize(),
        manifest.parameters().dataShards(),
        manifest.parameters().parityShards(),
        coding.meta().options(),
        parts.clock());
  }

  private Set<Integer> awaitHolders(
      List<ColumnRepair> stored, Set<PeerId> failed, List<String> errors) {
    List<Boolean> held = AtOnce.map(stored, this::awaitHolder);
    Set<Integer> done = new TreeSet<>();
    for (int i = 0; i < held.size(); i++) {
      ColumnRepair repair = stored.get(i);
      if (held.get(i)) {
        done.add(repair.column());
      } else {
        failed.add(repair.target());
        errors.add(repair.target() + ": did not pin shard " + repair.column());
      }
    }
    return done;
  }

  private boolean awaitHolder(ColumnRepair repair) {
    if (repair.inPlace()) {
      retryPin(repair);
    }
    return parts.blocks().awaitPinned(repair.target(), List.of(shard(repair)), parts.pinTimeout());
  }

  /** A pin that failed for want of blocks is not tried again unless its holder is told to. */
  private void retryPin(ColumnRepair repair) {
    try {
      var info =
          parts
              .rpc()
              .call(repair.target(), RpcMethods.TRACKER_RECOVER, shard(repair), RECOVER_TIMEOUT);
      LOG.debug("{} on {}: {}", info.cid(), repair.target(), info.status());
    } catch (RpcException e) {
      LOG.info("{} was not told to pin again: {}", repair.target(), e.getMessage());
    }
  }

  private static UploadLane at(Map<Integer, UploadLane> lanes, int column) {
    return Objects.requireNonNull(lanes.get(column), () -> "no lane of column " + column);
  }
}
