package io.ecluster.adder;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.ShardAllocator;
import io.ecluster.core.cluster.UploadLane;
import io.ecluster.erasure.CellReader;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.ColumnRebuilder;
import io.ecluster.erasure.ErasureException;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.ShardNode;
import io.ecluster.erasure.Stripe;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one group to its holders: a stream of blocks to each while stripes come; at the end the
 * shard nodes, the pins, and each holder's word. A holder that fails on the way is left out; when
 * the group is complete its column is rebuilt from the others and brought to a spare peer, as often
 * as it takes and there are peers for.
 */
final class GroupUpload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupUpload.class);

  private final AdderCluster cluster;
  private final AddLimits limits;
  private final CodeParameters parameters;
  private final AddRequest.Coding request;
  private final int group;
  private final Set<PeerId> failedPeers = new HashSet<>();

  /** All that were ever started: holders keep the blocks until these are closed. */
  private final List<UploadLane> lanes = new ArrayList<>();

  /** In words, what holders did not do that had stored their shards. */
  private final List<String> unpinned = new ArrayList<>();

  private final SortedMap<Integer, UploadLane> uploads = new TreeMap<>();
  private ShardAllocator.Allotment placed;

  /** Chooses holders for the columns that the group's first stripe has blocks in. */
  GroupUpload(
      AdderCluster cluster,
      AddLimits limits,
      Stripe first,
      CodeParameters parameters,
      AddRequest.Coding request) {
    this.cluster = cluster;
    this.limits = limits;
    this.parameters = parameters;
    this.request = request;
    this.group = first.group();
    this.placed = place(columnsOf(first), Map.of());
    placed.holders().forEach((c, peer) -> uploads.put(c, lane(peer)));
  }

  private UploadLane lane(PeerId peer) {
    UploadLane lane = cluster.upload(peer);
    lanes.add(lane);
    return lane;
  }

  /** What became of a group. */
  record Result(Map<Integer, PeerId> holders, int margin, List<String> relaxed) {}

  void send(Stripe stripe) {
    uploads.forEach((column, upload) -> upload.send(stripe.carried(column)));
    long failed = uploads.values().stream().filter(UploadLane::failed).count();
    if (failed > parameters.parityShards()) {
      throw new AddFailedException(
          "group %d: %d holders failed, no more than %d may: %s"
              .formatted(group, failed, parameters.parityShards(), failureTexts()));
    }
  }

  /**
   * Ends the group.
   *
   * @param pin sets the pins of shards to holders, in one change
   * @throws AddFailedException if some shard cannot be brought to any peer
   */
  Result finish(GroupNode node, List<ShardNode> shards, Consumer<Map<ShardNode, PeerId>> pin) {
    Map<Integer, PeerId> holders = new HashMap<>(placed.holders());
    Map<Integer, ShardNode> byColumn = new TreeMap<>();
    shards.forEach(shard -> byColumn.put(shard.column(), shard));
    byColumn.forEach((column, shard) -> at(uploads, column).send(nodes(node, shard)));
    uploads.values().forEach(UploadLane::finish);
    Set<Integer> lost = failures(uploads);
    Set<Integer> stored = new HashSet<>(byColumn.keySet());
    stored.removeAll(lost);
    lost.addAll(pinAll(stored, byColumn, holders, pin));
    while (!lost.isEmpty()) {
      Set<Integer> rebuilt = replace(node, byColumn, holders, lost);
      lost.removeAll(rebuilt);
      lost.addAll(pinAll(rebuilt, byColumn, holders, pin));
    }
    return new Result(holders, placed.margin(), placed.relaxed());
  }

  /** The columns whose upload failed; their peers are not tried again. */
  private Set<Integer> failures(Map<Integer, UploadLane> tried) {
    Set<Integer> lost = new HashSet<>();
    tried.forEach((column, upload) -> {
      if (upload.failed()) {
        LOG.warn("group {}: shard {} was not stored: {}", group, column, upload.failureText());
        failedPeers.add(upload.peer());
        lost.add(column);
      }
    });
    return lost;
  }

  /** Pins shards and gives those whose holder did not say that it has them. */
  private Set<Integer> pinAll(
      Set<Integer> columns,
      Map<Integer, ShardNode> shards,
      Map<Integer, PeerId> holders,
      Consumer<Map<ShardNode, PeerId>> pin) {
    List<Integer> list = List.copyOf(columns);
    Map<ShardNode, PeerId> wanted = new LinkedHashMap<>();
    list.forEach(column -> wanted.put(at(shards, column), at(holders, column)));
    pin.accept(wanted);
    List<Boolean> held =
        AtOnce.map(list, column -> awaitPinned(at(shards, column), at(holders, column)));
    Set<Integer> lost = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      if (!held.get(i)) {
        PeerId holder = at(holders, list.get(i));
        LOG.warn("group {}: {} did not pin shard {}", group, holder, list.get(i));
        unpinned.add("%s: did not say that it has pinned shard %d".formatted(holder, list.get(i)));
        failedPeers.add(holder);
        lost.add(list.get(i));
      }
    }
    return lost;
  }

  private boolean awaitPinned(ShardNode shard, PeerId holder) {
    return cluster.awaitPinned(holder, List.of(shard.toBlock().cid()), limits.pinTimeout());
  }

  /** Rebuilds lost columns onto spare peers and gives those that were stored there. */
  private Set<Integer> replace(
      GroupNode node,
      Map<Integer, ShardNode> shards,
      Map<Integer, PeerId> holders,
      Set<Integer> lost) {
    if (lost.size() > parameters.parityShards()) {
      throw new AddFailedException(
          "group %d: shards %s were lost, no more than %d may be: %s"
              .formatted(group, lost, parameters.parityShards(), failureTexts()));
    }
    lost.forEach(holders::remove);
    placed = placeAgain(List.copyOf(lost), Map.copyOf(holders));
    Map<Integer, UploadLane> spares = new TreeMap<>();
    placed.holders().forEach((c, peer) -> spares.put(c, lane(peer)));
    rebuild(node, Map.copyOf(holders), lost, spares);
    spares.forEach((column, spare) -> spare.send(nodes(node, at(shards, column))));
    spares.values().forEach(UploadLane::finish);
    holders.putAll(placed.holders());
    Set<Integer> stored = new HashSet<>(lost);
    stored.removeAll(failures(spares));
    return stored;
  }

  /** Reads what the others hold, for this peer has long let go of it. */
  private void rebuild(
      GroupNode node,
      Map<Integer, PeerId> healthy,
      Set<Integer> lost,
      Map<Integer, UploadLane> spares) {
    CellReader reader =
        CellReader.inOrder((column, blocks) ->
            Optional.ofNullable(healthy.get(column)).flatMap(peer -> read(peer, blocks)));
    ColumnRebuilder rebuilder = new ColumnRebuilder(node, lost, reader);
    try {
      for (int stripe = 0; stripe < rebuilder.stripeCount(); stripe++) {
        rebuilder.rebuild(stripe).forEach((column, blocks) -> at(spares, column).send(blocks));
      }
    } catch (ErasureException e) {
      throw new AddFailedException(
          "group %d: shards %s were lost and cannot be rebuilt: %s"
              .formatted(group, lost, e.getMessage()),
          e);
    }
  }

  private Optional<List<byte[]>> read(PeerId holder, List<CodedBlock> blocks) {
    List<Cid> cids = blocks.stream().map(CodedBlock::rawCid).toList();
    Map<Cid, byte[]> found = cluster.read(holder, cids);
    List<byte[]> ordered = new ArrayList<>();
    for (Cid cid : cids) {
      byte[] bytes = found.get(cid);
      if (bytes == null) {
        return Optional.empty();
      }
      ordered.add(bytes);
    }
    return Optional.of(ordered);
  }

  private static List<Block> nodes(GroupNode node, ShardNode shard) {
    Block own = shard.toBlock();
    if (shard.groupNode().isEmpty()) {
      return List.of(own);
    }
    return List.of(new Block(shard.groupNode().get(), node.toBlock().data()), own);
  }

  private ShardAllocator.Allotment place(List<Integer> columns, Map<Integer, PeerId> siblings) {
    return cluster.place(
        columns, siblings, Set.copyOf(failedPeers), parameters.parityShards(), request);
  }

  private ShardAllocator.Allotment placeAgain(
      List<Integer> columns, Map<Integer, PeerId> siblings) {
    try {
      return place(columns, siblings);
    } catch (NotEnoughPeersException e) {
      throw new NotEnoughPeersException(e.getMessage() + "; failed: " + failureTexts());
    }
  }

  private static <V> V at(Map<Integer, V> byColumn, int column) {
    return Objects.requireNonNull(byColumn.get(column), () -> "no column " + column);
  }

  /** Each parity column has a shard, be it that its cells are as empty as the file. */
  private List<Integer> columnsOf(Stripe stripe) {
    return IntStream.range(0, stripe.columns().size())
        .filter(c -> c >= parameters.dataShards() || !stripe.columns().get(c).isEmpty())
        .boxed()
        .toList();
  }

  private List<String> failureTexts() {
    return Stream.concat(lanes.stream().map(UploadLane::failureText), unpinned.stream())
        .filter(text -> !text.isEmpty())
        .toList();
  }

  @Override
  public void close() {
    UploadLane.closeAll(lanes);
  }
}
