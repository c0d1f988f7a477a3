package io.ecluster.adder;

import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.ShardNode;
import io.ecluster.ipld.Block;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sums up what a coded add stored, for its receipt. */
final class CodedTotals {
  private long dagBytes;
  private long storedBytes;
  private int groups;
  private int margin = Integer.MAX_VALUE;
  private final Set<String> relaxed = new LinkedHashSet<>();

  void addDag(Block block) {
    dagBytes += block.size();
  }

  void addGroup(GroupNode node, List<ShardNode> shards, GroupUpload.Result result) {
    groups++;
    margin = Math.min(margin, result.margin());
    relaxed.addAll(result.relaxed());
    long groupNode = node.toBlock().size();
    for (ShardNode shard : shards) {
      storedBytes += node.columnBytes(shard.column()) + shard.toBlock().size();
      storedBytes += shard.groupNode().isPresent() ? groupNode : 0;
    }
  }

  void addManifest(List<Block> blocks, long copies) {
    storedBytes += copies * blocks.stream().mapToLong(Block::size).sum();
  }

  long storedBytes() {
    return storedBytes;
  }

  AddEvent.Receipt receipt(CodeParameters parameters) {
    return new AddEvent.Receipt(
        parameters.dataShards(),
        parameters.parityShards(),
        groups,
        dagBytes,
        storedBytes,
        groups == 0 ? parameters.parityShards() : margin,
        List.copyOf(relaxed));
  }
}
