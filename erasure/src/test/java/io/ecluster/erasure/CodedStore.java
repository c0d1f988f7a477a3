package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps coded groups in memory, column by column, as if each column were a peer. For tests. */
public final class CodedStore implements GroupSink {
  private final List<GroupNode> groups = new ArrayList<>();
  private final List<List<ShardNode>> shards = new ArrayList<>();
  private final List<Stripe> stripes = new ArrayList<>();
  private final Map<ColumnKey, Map<Multihash, byte[]>> columns = new HashMap<>();

  private record ColumnKey(int group, int column) {}

  @Override
  public void stripe(Stripe stripe) {
    stripes.add(stripe);
    for (int column = 0; column < stripe.columns().size(); column++) {
      ColumnKey key = new ColumnKey(stripe.group(), column);
      Map<Multihash, byte[]> held = columns.computeIfAbsent(key, _ -> new HashMap<>());
      stripe.carried(column).forEach(block -> held.put(block.cid().hash(), block.data()));
    }
  }

  @Override
  public void groupClosed(GroupNode group, List<ShardNode> closed) {
    groups.add(group);
    shards.add(closed);
  }

  public List<GroupNode> groups() {
    return groups;
  }

  public List<Stripe> stripes() {
    return stripes;
  }

  public List<ShardNode> shards(int group) {
    return shards.get(group);
  }

  /** Blocks held for a column of a group. */
  public Map<Multihash, byte[]> column(int group, int column) {
    return columns.getOrDefault(new ColumnKey(group, column), Map.of());
  }

  /** Bytes of all blocks, data and parity. */
  public long bytes() {
    return stripes.stream().mapToLong(Stripe::bytes).sum();
  }

  /** Reads a group's cells, but of no lost column. */
  public CellReader reader(int group, Set<Integer> lost) {
    return CellReader.inOrder((column, blocks) ->
        lost.contains(column) ? Optional.empty() : Optional.of(read(group, column, blocks)));
  }

  /** The manifest of all that was closed. */
  public Manifest manifest(Cid root, long size, CodeParameters parameters) {
    List<GroupEntry> entries = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      entries.add(GroupEntry.of(groups.get(i), shards.get(i)));
    }
    return new Manifest(groups.getFirst().coding(), root, size, parameters, entries);
  }

  /** Group and shard nodes, and blocks given, by multihash. */
  public BlockSource nodes(List<Block> more) {
    List<Block> nodes = new ArrayList<>(more);
    groups.forEach(group -> nodes.add(group.toBlock()));
    shards.forEach(list -> list.forEach(shard -> nodes.add(shard.toBlock())));
    return TestBlocks.source(nodes);
  }

  private List<byte[]> read(int group, int column, List<CodedBlock> blocks) {
    Map<Multihash, byte[]> held = column(group, column);
    return blocks.stream()
        .map(block ->
            Optional.ofNullable(held.get(block.hash()))
                .orElseThrow(() -> new BlockNotFoundException(block.rawCid(), "not held")))
        .toList();
  }
}
