package io.ecluster.adder;

import io.ecluster.erasure.CellReader;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.ColumnRebuilder;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.ShardNode;
import io.ecluster.erasure.Stripe;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
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
  private final SortedMap<Integer, PeerUpload> uploads = new TreeMap<>();
  private AdderCluster.Placed placed;

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
    placed.holders().forEach((c, peer) -> uploads.put(c, PeerUpload.start(cluster, peer)));
  }

  /** What became of a group. */
  record Result(Map<Integer, PeerId> holders, int margin, List<String> relaxed) {}

  void send(Stripe stripe) {
    uploads.forEach((column, upload) -> upload.send(stripe.carried(column)));
    long failed = uploads.values().stream().filter(PeerUpload::failed).count();
    if (failed > parameters.parityShards()) {
      throw new AddFailedException(
          "group %d: %d holders failed, no more than %d may: %s"
              .formatted(group, failed, parameters.parityShards(), failureTexts()));
    }
  }

  /**
   * Ends the group.
   *
   * @param pin sets the pin of a shard to a holder
   * @throws AddFailedException if some shard cannot be brought to any peer
   */
  Result finish(GroupNode node, List<ShardNode> shards, BiConsumer<ShardNode, PeerId> pin) {
    Map<Integer, PeerId> holders = new HashMap<>(placed.holders());
    Map<Integer, ShardNode> byColumn = new TreeMap<>();
    shards.forEach(shard -> byColumn.put(shard.column(), shard));
    byColumn.forEach((column, shard) -> at(uploads, column).send(nodes(node, shard)));
    uploads.values().forEach(PeerUpload::finish);
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
  private Set<Integer> failures(Map<Integer, PeerUpload> tried) {
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
      BiConsumer<ShardNode, PeerId> pin) {
    List<Integer> list = List.copyOf(columns);
    list.forEach(column -> pin.accept(at(shards, column), at(holders, column)));
    List<Boolean> held =
        Parallel.map(list, column -> awaitPinned(at(shards, column), at(holders, column)));
    Set<Integer> lost = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      if (!held.get(i)) {
        LOG.warn("group {}: {} did not pin shard {}", group, holders.get(list.get(i)), list.get(i));
        failedPeers.add(at(holders, list.get(i)));
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
    placed = place(List.copyOf(lost), Map.copyOf(holders));
    Map<Integer, PeerUpload> spares = new TreeMap<>();
    placed.holders().forEach((c, peer) -> spares.put(c, PeerUpload.start(cluster, peer)));
    try {
      rebuild(node, Map.copyOf(holders), lost, spares);
      spares.forEach((column, spare) -> spare.send(nodes(node, at(shards, column))));
      spares.values().forEach(PeerUpload::finish);
      holders.putAll(placed.holders());
      Set<Integer> stored = new HashSet<>(lost);
      stored.removeAll(failures(spares));
      return stored;
    } finally {
      spares.values().forEach(PeerUpload::close);
    }
  }

  private void rebuild(
      GroupNode node,
      Map<Integer, PeerId> healthy,
      Set<Integer> lost,
      Map<Integer, PeerUpload> spares) {
    CellReader reader =
        CellReader.inOrder((column, blocks) ->
            Optional.ofNullable(healthy.get(column)).flatMap(peer -> read(peer, blocks)));
    ColumnRebuilder rebuilder = new ColumnRebuilder(node, lost, reader);
    for (int stripe = 0; stripe < rebuilder.stripeCount(); stripe++) {
      rebuilder.rebuild(stripe).forEach((column, blocks) -> at(spares, column).send(blocks));
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

  private AdderCluster.Placed place(List<Integer> columns, Map<Integer, PeerId> siblings) {
    return cluster.place(
        new AdderCluster.GroupRequest(
            group,
            columns,
            siblings,
            parameters.parityShards(),
            Set.copyOf(failedPeers),
            request.allowSharedPeers(),
            parameters.shardSize()));
  }

  private static <V> V at(Map<Integer, V> byColumn, int column) {
    return Objects.requireNonNull(byColumn.get(column), () -> "no column " + column);
  }

  private static List<Integer> columnsOf(Stripe stripe) {
    List<Integer> columns = new ArrayList<>();
    for (int column = 0; column < stripe.columns().size(); column++) {
      if (!stripe.columns().get(column).isEmpty()) {
        columns.add(column);
      }
    }
    return columns;
  }

  private List<String> failureTexts() {
    return uploads.values().stream()
        .map(PeerUpload::failureText)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  @Override
  public void close() {
    uploads.values().forEach(PeerUpload::close);
  }
}
