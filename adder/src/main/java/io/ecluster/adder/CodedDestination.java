package io.ecluster.adder;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodingId;
import io.ecluster.erasure.GroupEntry;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.GroupSink;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestWriter;
import io.ecluster.erasure.ShardNode;
import io.ecluster.erasure.Stripe;
import io.ecluster.erasure.StripeAssembler;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts blocks into coded groups and commits them.
 *
 * <p>The order makes every moment safe. A group is pinned when it closes, and the next goes on only
 * when each holder has said that it has the shard, pinned. Then the manifest is sent to the peers,
 * and only then do manifest pin and root pin appear, together in one change. Whoever dies before
 * has left shard pins that no manifest names: the sweep finds them by their coding id. Success is
 * told when the root's pin has reached so many peers that p losses cannot hide it.
 */
final class CodedDestination implements BlockDestination, GroupSink {
  private static final Logger LOG = LoggerFactory.getLogger(CodedDestination.class);

  private final AdderCluster cluster;
  private final AddLimits limits;
  private final AddRequest request;
  private final CodingId coding;
  private final CodeParameters parameters;
  private final Consumer<AddEvent> events;
  private final CodedPinFactory pins;
  private final StripeAssembler assembler;
  private final List<GroupEntry> groups = new ArrayList<>();
  private final Set<Cid> pinned = new HashSet<>();

  /** What takes back the pins set so far; empty once the add is safe. */
  private final List<PinChange> undo = new ArrayList<>();

  private final CodedTotals totals = new CodedTotals();
  private @Nullable GroupUpload open;

  CodedDestination(
      AdderCluster cluster,
      AddLimits limits,
      AddRequest request,
      CodingId coding,
      CodeParameters parameters,
      Consumer<AddEvent> events) {
    this.cluster = cluster;
    this.limits = limits;
    this.request = request;
    this.coding = coding;
    this.parameters = parameters;
    this.events = events;
    this.pins =
        new CodedPinFactory(
            coding.toString(),
            parameters.shardSize(),
            parameters.dataShards(),
            parameters.parityShards(),
            request.pin(),
            InstantSource.system());
    this.assembler = new StripeAssembler(coding, parameters, this);
  }

  @Override
  public void put(Block block) {
    totals.addDag(block);
    assembler.put(block);
  }

  @Override
  public void stripe(Stripe stripe) {
    GroupUpload group = open;
    if (group == null) {
      group = new GroupUpload(cluster, limits, stripe, parameters, request.coding().orElseThrow());
      open = group;
    }
    group.send(stripe);
  }

  @Override
  public void groupClosed(GroupNode node, List<ShardNode> shards) {
    GroupUpload group = open;
    if (group == null) {
      throw new IllegalStateException("a group closed that had no stripe");
    }
    GroupUpload.Result result =
        group.finish(node, shards, (shard, holder) -> pinShard(shard, holder));
    group.close();
    open = null;
    groups.add(GroupEntry.of(node, shards));
    totals.addGroup(node, shards, result);
    shards.forEach(shard -> tell(node, shard, result.holders().get(shard.column())));
  }

  private void pinShard(ShardNode shard, PeerId holder) {
    Pin pin = pins.shard(shard.toBlock().cid(), shard.group(), shard.column(), holder);
    toUndo(pin.cid());
    cluster.commit(List.of(new PinChange.Put(pin)));
  }

  private void toUndo(Cid cid) {
    if (pinned.add(cid)) {
      undo.add(new PinChange.Remove(cid));
    }
  }

  private void tell(GroupNode node, ShardNode shard, @Nullable PeerId holder) {
    events.accept(
        new AddEvent(
            pins.shardName(shard.group(), shard.column()),
            Optional.of(shard.toBlock().cid()),
            0,
            node.columnBytes(shard.column()),
            holder == null ? List.of() : List.of(holder),
            Optional.empty()));
  }

  @Override
  public Optional<AddEvent.Receipt> commit(Cid root, long fileBytes, Consumer<AddEvent> sink) {
    assembler.finish();
    Optional<Pin> before = cluster.pinned(root);
    before.ifPresent(this::requireCoded);
    if (before.isPresent() && sameAndHealthy(before.get())) {
      LOG.info("{} is coded already in the same way; the new shards are dropped", root);
      return Optional.of(totals.receipt(parameters)); // close() unpins the new shards
    }
    Manifest manifest = new Manifest(coding, root, fileBytes, parameters, groups);
    Cid manifestRoot = store(ManifestWriter.write(manifest));
    toUndo(manifestRoot);
    Pin meta = pins.meta(root, manifestRoot);
    cluster.commit(
        List.of(new PinChange.Put(pins.clusterDag(manifestRoot, root)), new PinChange.Put(meta)));
    undo.add(before.<PinChange>map(PinChange.Put::new).orElse(new PinChange.Remove(root)));
    tellManifest(manifestRoot);
    awaitKnown(root);
    undo.clear();
    before.ifPresent(this::dropOld);
    return Optional.of(totals.receipt(parameters));
  }

  private void requireCoded(Pin pin) {
    if (pin.type() != PinType.META) {
      throw new AddFailedException(
          pin.cid()
              + " is already pinned without erasure coding; unpin it first ('pin rm'), or leave it"
              + " as it is");
    }
  }

  private boolean sameAndHealthy(Pin meta) {
    PinOptions old = meta.options();
    return old.dataShards() == parameters.dataShards()
        && old.parityShards() == parameters.parityShards()
        && old.shardSize() == parameters.shardSize()
        && cluster.isHealthy(meta);
  }

  /** Puts the manifest on every peer that takes it; p+1 copies must be. */
  private Cid store(List<Block> blocks) {
    totals.addManifest(blocks);
    List<PeerUpload> uploads =
        cluster.livePeers().stream().map(peer -> PeerUpload.start(cluster, peer)).toList();
    uploads.forEach(upload -> upload.send(blocks));
    uploads.forEach(PeerUpload::finish);
    long stored = uploads.stream().filter(upload -> !upload.failed()).count();
    if (stored < copiesWanted()) {
      throw new AddFailedException(
          "the manifest reached %d peers, %d are needed: %s"
              .formatted(
                  stored,
                  copiesWanted(),
                  uploads.stream()
                      .map(PeerUpload::failureText)
                      .filter(t -> !t.isEmpty())
                      .toList()));
    }
    return blocks.getLast().cid();
  }

  /** p losses must leave one; a cluster that shares peers may not have so many. */
  private int copiesWanted() {
    return Math.min(parameters.parityShards() + 1, cluster.livePeers().size());
  }

  private void tellManifest(Cid manifestRoot) {
    events.accept(
        new AddEvent(
            pins.clusterDagName(),
            Optional.of(manifestRoot),
            0,
            totals.storedBytes(),
            List.of(),
            Optional.empty()));
  }

  private void awaitKnown(Cid root) {
    long known =
        Parallel.map(
                cluster.livePeers(), peer -> cluster.awaitKnown(peer, root, limits.commitTimeout()))
            .stream()
            .filter(knows -> knows)
            .count();
    if (known < copiesWanted()) {
      throw new AddFailedException(
          "the pin of %s is set here but only %d peers know of it, not %d; it will spread when they"
                  .formatted(root, known, copiesWanted())
              + " can be reached");
    }
  }

  private void dropOld(Pin oldMeta) {
    List<PinChange> removals = new ArrayList<>();
    cluster.partsOf(oldMeta).stream()
        .filter(cid -> !pinned.contains(cid))
        .forEach(cid -> removals.add(new PinChange.Remove(cid)));
    if (!removals.isEmpty()) {
      cluster.commit(removals);
    }
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
    }
    if (!undo.isEmpty()) {
      cluster.commit(undo.reversed());
    }
  }
}
