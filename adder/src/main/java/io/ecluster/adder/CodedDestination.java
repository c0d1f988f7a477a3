package io.ecluster.adder;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.UploadLane;
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
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
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
 *
 * <p>Two peers may pin one root at the same time, neither knowing of the other. The pinset then
 * keeps one of the two pins. Once all peers know its own change, each adder looks whose pin it is:
 * the loser takes its coding back; the winner, if it finds the other's name among the adds under
 * way, removes what the other did not see it had lost.
 */
final class CodedDestination implements BlockDestination, GroupSink {
  private static final Logger LOG = LoggerFactory.getLogger(CodedDestination.class);

  /** How long a peer is asked at a time whether it knows a pin, which may be replaced meanwhile. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** More adds of one root within the time of one commit are not waited for. */
  private static final int MAX_SWITCHES = 8;

  private final AdderCluster cluster;
  private final AddsUnderWay adds;
  private final AddLimits limits;
  private final AddRequest request;
  private final CodingId coding;
  private final CodeParameters parameters;
  private final Consumer<AddEvent> events;
  private final CodedPinFactory pins;
  private final StripeAssembler assembler;
  private final List<GroupEntry> groups = new ArrayList<>();

  /** Manifest and shards pinned so far. */
  private final SequencedSet<Cid> parts = new LinkedHashSet<>();

  /** The root's pin before ours; a failure brings it back. */
  private Optional<Pin> replaced = Optional.empty();

  private final List<UploadLane> manifestLanes = new ArrayList<>();
  private final CodedTotals totals = new CodedTotals();
  private @Nullable GroupUpload open;
  private @Nullable Pin meta;
  private boolean safe;

  CodedDestination(
      AdderCluster cluster,
      AddsUnderWay adds,
      AddLimits limits,
      AddRequest request,
      CodingId coding,
      CodeParameters parameters,
      InstantSource clock,
      LongConsumer stripeNanos,
      Consumer<AddEvent> events) {
    this.cluster = cluster;
    this.adds = adds;
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
            clock);
    this.assembler = new StripeAssembler(coding, parameters, this, stripeNanos);
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
    GroupUpload.Result result = group.finish(node, shards, this::pinShards);
    group.close();
    open = null;
    groups.add(GroupEntry.of(node, shards));
    totals.addGroup(node, shards, result);
    shards.forEach(shard -> tell(node, shard, result.holders().get(shard.column())));
  }

  private void pinShards(Map<ShardNode, PeerId> holders) {
    List<PinChange> changes = new ArrayList<>();
    holders.forEach((shard, holder) -> {
      Pin pin = pins.shard(shard.toBlock().cid(), shard.group(), shard.column(), holder);
      parts.add(pin.cid());
      changes.add(new PinChange.Put(pin));
    });
    if (!changes.isEmpty()) {
      cluster.commit(changes);
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
    adds.pins(coding, root);
    Optional<Pin> before = cluster.pinned(root);
    if (isThere(before)) {
      return receipt();
    }
    Cid manifestRoot =
        store(ManifestWriter.write(new Manifest(coding, root, fileBytes, parameters, groups)));
    Optional<Pin> now = cluster.pinned(root);
    if (!now.equals(before) && isThere(now)) { // storing takes time, and others add too
      return receipt();
    }
    pinRoot(root, manifestRoot, now);
    tellManifest(manifestRoot);
    List<PeerId> live = awaitKnown(root);
    if (isMine(root)) {
      safe = true;
      now.ifPresent(this::dropOld);
      dropRivals(root, live);
    } else {
      LOG.info("{} was coded by another add at the same time; the new shards are dropped", root);
    }
    return receipt();
  }

  private Optional<AddEvent.Receipt> receipt() {
    return Optional.of(totals.receipt(parameters));
  }

  /**
   * Whether the root is coded in the same way and well: then what was made now is dropped.
   *
   * @throws AddFailedException if it is pinned without coding
   */
  private boolean isThere(Optional<Pin> found) {
    found.ifPresent(this::requireCoded);
    boolean there = found.isPresent() && sameAndHealthy(found.get());
    if (there) {
      LOG.info(
          "{} is coded already in the same way; the new shards are dropped", found.get().cid());
    }
    return there;
  }

  private void pinRoot(Cid root, Cid manifestRoot, Optional<Pin> before) {
    Pin pin = pins.meta(root, manifestRoot);
    meta = pin;
    replaced = before;
    parts.add(manifestRoot);
    cluster.commit(
        List.of(new PinChange.Put(pins.clusterDag(manifestRoot, root)), new PinChange.Put(pin)));
  }

  /** Whether the root's pin is that of this coding. */
  private boolean isMine(Cid root) {
    return meta != null && isOf(root, meta.reference().orElseThrow());
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
    List<PeerId> live = cluster.livePeers();
    live.forEach(peer -> manifestLanes.add(cluster.upload(peer)));
    manifestLanes.forEach(lane -> lane.send(blocks));
    manifestLanes.forEach(UploadLane::finish);
    long stored = manifestLanes.stream().filter(lane -> !lane.failed()).count();
    totals.addManifest(blocks, stored);
    if (stored < copiesWanted(live)) {
      throw new AddFailedException(
          "the manifest reached %d peers, %d are needed: %s"
              .formatted(
                  stored,
                  copiesWanted(live),
                  manifestLanes.stream()
                      .map(UploadLane::failureText)
                      .filter(t -> !t.isEmpty())
                      .toList()));
    }
    return blocks.getLast().cid();
  }

  /** p losses must leave one; a cluster that shares peers may not have so many. */
  private int copiesWanted(List<PeerId> live) {
    return Math.min(parameters.parityShards() + 1, live.size());
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

  /**
   * Waits until peers know the root's pin, be it that another add has replaced ours meanwhile. The
   * pin of its manifest is the witness: it came with it, and the root may have been pinned before.
   *
   * @return the peers that live
   */
  private List<PeerId> awaitKnown(Cid root) {
    List<PeerId> live = cluster.livePeers();
    for (int i = 0; i < MAX_SWITCHES; i++) {
      Cid manifest = manifestOf(root);
      List<Boolean> knows = AtOnce.map(live, peer -> learns(peer, root, manifest));
      if (manifest.equals(manifestOf(root))) {
        requireEnough(root, live, knows);
        manifestLanes.removeIf(lane -> !knows.get(live.indexOf(lane.peer()))); // they wait for it
        return live;
      }
    }
    throw new AddFailedException(root + " is being added by others all the time; try again");
  }

  private void requireEnough(Cid root, List<PeerId> live, List<Boolean> knows) {
    long known = knows.stream().filter(it -> it).count();
    if (known < copiesWanted(live)) {
      throw new AddFailedException(
          "%d peers learned of the pin of %s within %d s, %d must; it was taken back"
              .formatted(known, root, limits.commitTimeout().toSeconds(), copiesWanted(live)));
    }
  }

  /** Does not wait for what was replaced. */
  private boolean learns(PeerId peer, Cid root, Cid manifest) {
    Duration slice = limits.commitTimeout().compareTo(LOOK) < 0 ? limits.commitTimeout() : LOOK;
    long rounds = Math.max(1, limits.commitTimeout().dividedBy(LOOK));
    for (long round = 0; round < rounds && isOf(root, manifest); round++) {
      if (cluster.awaitKnown(peer, manifest, slice)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOf(Cid root, Cid manifest) {
    return cluster.pinned(root).flatMap(Pin::reference).filter(manifest::equals).isPresent();
  }

  private Cid manifestOf(Cid root) {
    return cluster
        .pinned(root)
        .filter(pin -> pin.type() == PinType.META)
        .flatMap(Pin::reference)
        .orElseThrow(() ->
            new AddFailedException(
                root
                    + " was unpinned, or pinned without erasure coding, while it was being added"));
  }

  private void dropOld(Pin oldMeta) {
    List<PinChange> removals = new ArrayList<>();
    cluster.partsOf(oldMeta).stream()
        .filter(cid -> !parts.contains(cid))
        .forEach(cid -> removals.add(new PinChange.Remove(cid)));
    if (!removals.isEmpty()) {
      cluster.commit(removals);
    }
  }

  /** Removes codings whose root pin ours has replaced without either adder having seen it. */
  private void dropRivals(Cid root, List<PeerId> live) {
    List<PeerId> others = live.stream().filter(peer -> !peer.equals(cluster.self())).toList();
    if (!adds.isAnotherAdding(coding, root) && !cluster.anyIsAdding(others, root)) {
      return;
    }
    List<Pin> rivals =
        cluster.manifestsOf(root).stream().filter(pin -> !parts.contains(pin.cid())).toList();
    if (isMine(root)) { // whoever has replaced ours since then has seen it
      rivals.forEach(rival -> dropOld(pins.meta(root, rival.cid())));
    }
  }

  @Override
  public void close() {
    try {
      if (!safe) {
        takeBack();
      }
    } finally {
      UploadLane.closeAll(manifestLanes);
      if (open != null) {
        open.close();
      }
    }
  }

  /** Root first, then manifest and shards, the newest first. */
  private void takeBack() {
    List<PinChange> undo = new ArrayList<>();
    if (meta != null && isMine(meta.cid())) {
      undo.add(withoutOurs(meta.cid()));
    }
    parts.reversed().forEach(cid -> undo.add(new PinChange.Remove(cid)));
    if (!undo.isEmpty()) {
      cluster.commit(undo);
    }
  }

  /** A coding that its own adder has taken back meanwhile does not come back. */
  private PinChange withoutOurs(Cid root) {
    return replaced
        .filter(pin -> pin.reference().flatMap(cluster::pinned).isPresent())
        .<PinChange>map(PinChange.Put::new)
        .orElse(new PinChange.Remove(root));
  }
}
