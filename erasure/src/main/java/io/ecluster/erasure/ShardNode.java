package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The node whose recursive pin holds a shard: it links the blocks of one column, and nothing else,
 * as raw CIDs, so that a pin keeps exactly those and never follows their own links. A pure function
 * of group node and column.
 *
 * @param links the raw CIDs of the column's blocks, each once, in order
 * @param groupNode raw CID of the group node: in the shards of the last data column that has blocks
 *     and of all parity columns
 */
public record ShardNode(
    CodingId coding, int group, int column, List<Cid> links, Optional<Cid> groupNode) {
  private static final String KIND = "shard";
  private static final String GROUP = "group";
  private static final String COLUMN = "column";
  private static final String LINKS = "links";
  private static final String NODE = "node";

  public ShardNode {
    links = List.copyOf(links);
    links.forEach(ShardNode::requireRaw);
    groupNode.ifPresent(ShardNode::requireRaw);
    if (group < 0 || column < 0 || column >= ErasureCodes.MAX_SHARDS) {
      throw new FormatException("shard %d of group %d".formatted(column, group));
    }
  }

  /** The shard node of a column that is not empty. */
  public static ShardNode of(GroupNode group, int column) {
    return of(group, group.toBlock().cid(), column);
  }

  /** The shard nodes of all columns that are not empty, in order. */
  public static List<ShardNode> allOf(GroupNode group) {
    Cid cid = group.toBlock().cid();
    List<ShardNode> shards = new ArrayList<>();
    for (int column = 0; column < group.totalShards(); column++) {
      if (!group.isEmpty(column)) {
        shards.add(of(group, cid, column));
      }
    }
    return shards;
  }

  private static ShardNode of(GroupNode group, Cid cid, int column) {
    if (group.isEmpty(column)) {
      throw new IllegalArgumentException("column " + column + " is empty and has no shard");
    }
    Set<Cid> links = new LinkedHashSet<>();
    for (CodedStripe stripe : group.stripes()) {
      stripe.cell(column).forEach(block -> links.add(block.rawCid()));
    }
    boolean keepsGroup = column >= group.lastDataColumn();
    return new ShardNode(
        group.coding(),
        group.index(),
        column,
        List.copyOf(links),
        keepsGroup ? Optional.of(cid.rawAlias()) : Optional.empty());
  }

  /** The node as a block, under its CID. */
  public Block toBlock() {
    Map<String, Cbor> fields = Fields.node(KIND, coding, Map.of());
    fields.put(GROUP, Cbor.of(group));
    fields.put(COLUMN, Cbor.of(column));
    fields.put(LINKS, Cbor.of(links.stream().map(Cbor::of).toList()));
    groupNode.ifPresent(cid -> fields.put(NODE, Cbor.of(cid)));
    return Fields.block(fields);
  }

  /**
   * Parses a shard node. Fields that are not known are dropped.
   *
   * @throws FormatException if it is not one
   */
  public static ShardNode fromBytes(byte[] bytes) {
    Cbor.Dict fields = Fields.parse(bytes, KIND);
    return new ShardNode(
        Fields.coding(fields),
        Fields.size(fields, GROUP),
        Fields.size(fields, COLUMN),
        fields.list(LINKS).stream().map(Fields::link).toList(),
        fields.has(NODE) ? Optional.of(fields.link(NODE)) : Optional.empty());
  }

  private static void requireRaw(Cid cid) {
    if (cid.version() != 1 || cid.codec() != Multicodec.RAW) {
      throw new FormatException("a shard links raw CIDs only, not " + cid);
    }
    CodedBlock.requireComputable(cid.hash());
  }
}
