package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The group that is being filled: what its node will say, and how much more it can take. */
final class PendingGroup {
  /** Head of the node and of its list of stripes, with room to spare. */
  private static final int NODE_HEAD_BYTES = 256;

  /** The head of a list, at most. */
  private static final int LIST_HEAD_BYTES = 5;

  /** Head of a block's list, of its hash, its codec and its size, at most. */
  private static final int BLOCK_HEADS_BYTES = 1 + 2 + 9 + 5;

  /** A parity block: sha2-256, the raw codec. */
  private static final int PARITY_ENTRY_BYTES = 1 + 2 + 34 + 2 + 5;

  private final CodingId coding;
  private final int index;
  private final long offset;
  private final CodeParameters parameters;
  private final List<CodedStripe> stripes = new ArrayList<>();
  private final Set<Multihash> placed = new HashSet<>();
  private long columnBytes;
  private long nodeBytes = NODE_HEAD_BYTES;

  PendingGroup(CodingId coding, int index, long offset, CodeParameters parameters) {
    this.coding = coding;
    this.index = index;
    this.offset = offset;
    this.parameters = parameters;
  }

  int index() {
    return index;
  }

  int stripeCount() {
    return stripes.size();
  }

  boolean isEmpty() {
    return placed.isEmpty();
  }

  boolean holds(Multihash hash) {
    return placed.contains(hash);
  }

  /** Whether another stripe of the longest kind would still fit the shard size. */
  boolean hasRoomForStripe() {
    return columnBytes + parameters.cellLimit() <= parameters.shardSize();
  }

  /** Whether a block can join the open stripe without breaking the shard's or the node's limit. */
  boolean hasRoomFor(Block block, int longest) {
    int longestThen = Math.max(longest, block.size());
    return columnBytes + longestThen <= parameters.shardSize()
        && nodeBytes + entryBytes(block) + stripeBytes(longestThen) <= GroupNode.MAX_WRITTEN_BYTES;
  }

  void place(Block block) {
    placed.add(block.cid().hash());
    nodeBytes += entryBytes(block);
  }

  void add(List<List<Block>> cells) {
    CodedStripe stripe =
        new CodedStripe(
            parameters.dataShards(),
            cells.stream().map(cell -> cell.stream().map(CodedBlock::of).toList()).toList());
    stripes.add(stripe);
    columnBytes += stripe.longest();
    nodeBytes += stripeBytes(stripe.longest());
  }

  GroupNode toNode() {
    return new GroupNode(
        coding,
        index,
        offset,
        parameters.dataShards(),
        parameters.parityShards(),
        stripes,
        Map.of());
  }

  private static long entryBytes(Block block) {
    return (long) BLOCK_HEADS_BYTES + block.cid().hash().size();
  }

  /** What a stripe takes in the node besides its data blocks. */
  private long stripeBytes(int longest) {
    long parityBlocks = Math.ceilDiv(longest, CodedStripe.PARITY_BLOCK_BYTES);
    return LIST_HEAD_BYTES * (parameters.totalShards() + 1L)
        + parameters.parityShards() * parityBlocks * PARITY_ENTRY_BYTES;
  }
}
