package io.ecluster.erasure;

import io.ecluster.ipld.Cbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a manifest root says of one group.
 *
 * @param offset bytes of the file before the group's first block
 * @param node CID of the group node
 * @param shards CID of each column's shard node; none for empty columns
 */
public record GroupEntry(long offset, Cid node, List<Optional<Cid>> shards) {
  private static final int FIELDS = 3;

  public GroupEntry {
    shards = List.copyOf(shards);
    Fields.nodeCid(node);
    shards.forEach(shard -> shard.ifPresent(Fields::nodeCid));
    if (offset < 0) {
      throw new FormatException("negative offset " + offset);
    }
  }

  /** The entry of a group that was closed with these shards. */
  public static GroupEntry of(GroupNode group, List<ShardNode> shards) {
    List<Optional<Cid>> cids = new ArrayList<>();
    for (int column = 0; column < group.totalShards(); column++) {
      cids.add(Optional.empty());
    }
    shards.forEach(shard -> cids.set(shard.column(), Optional.of(shard.toBlock().cid())));
    return new GroupEntry(group.offset(), group.toBlock().cid(), cids);
  }

  /** Fails unless there is a shard for some data column and for each parity column. */
  void requireFor(CodeParameters parameters) {
    int dataShards = parameters.dataShards();
    boolean whole =
        shards.size() == parameters.totalShards()
            && shards.subList(0, dataShards).stream().anyMatch(Optional::isPresent)
            && shards.subList(dataShards, shards.size()).stream().allMatch(Optional::isPresent);
    if (!whole) {
      throw new FormatException(
          "a group of %d shards under a code of %d+%d"
              .formatted(shards.size(), dataShards, parameters.parityShards()));
    }
  }

  Cbor toCbor() {
    return Cbor.of(
        List.of(
            Cbor.of(offset),
            Cbor.of(node.toBytes()),
            Cbor.of(shards.stream().map(GroupEntry::shardToCbor).toList())));
  }

  static GroupEntry fromCbor(Cbor value) {
    List<Cbor> fields = Fields.list(value, FIELDS);
    return new GroupEntry(
        Fields.integer(fields.get(0)),
        Cid.fromBytes(Fields.bytes(fields.get(1))),
        Fields.list(fields.get(2)).stream().map(GroupEntry::shardFromCbor).toList());
  }

  private static Cbor shardToCbor(Optional<Cid> shard) {
    return shard.<Cbor>map(cid -> Cbor.of(cid.toBytes())).orElse(Cbor.Null.NULL);
  }

  private static Optional<Cid> shardFromCbor(Cbor value) {
    return value == Cbor.Null.NULL
        ? Optional.empty()
        : Optional.of(Cid.fromBytes(Fields.bytes(value)));
  }
}
