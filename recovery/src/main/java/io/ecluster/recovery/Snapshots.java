package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.erasure.ShardNode;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds out how groups are: from the pinset who is to hold what, from the holders, all asked at
 * once, whether they do.
 */
final class Snapshots {
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(10);

  private final RecoveryParts parts;
  private final BlockSource nodes;

  /**
   * @param nodes where manifests and group nodes come from
   */
  Snapshots(RecoveryParts parts, BlockSource nodes) {
    this.parts = parts;
    this.nodes = nodes;
  }

  /**
   * A coded pin with its manifest.
   *
   * @throws BlockNotFoundException if no live peer has it
   */
  Coding coding(Pin meta) {
    Cid root =
        meta.reference()
            .orElseThrow(() -> new BlockNotFoundException(meta.cid(), "its pin names no manifest"));
    return new Coding(meta, new ManifestReader(nodes).read(root));
  }

  /**
   * The node of a group.
   *
   * @throws BlockNotFoundException if no live peer has it
   */
  GroupNode node(Coding coding, int group) {
    return new ManifestReader(nodes).group(coding.manifest(), group);
  }

  /**
   * A group as it is now.
   *
   * @param verify whether holders are to read and hash their blocks, instead of looking them up
   * @throws BlockNotFoundException if no live peer has its node
   */
  GroupSnapshot group(Coding coding, int group, Probes probes, boolean verify) {
    GroupNode node = node(coding, group);
    GroupShape shape = GroupShape.of(node);
    List<Optional<Cid>> shards = coding.manifest().groups().get(group).shards();
    List<ColumnSnapshot> columns =
        AtOnce.map(
            IntStream.range(0, shards.size()).boxed().toList(),
            column ->
                shards
                    .get(column)
                    .map(shard -> new Look(node, shape, column, shard, probes, verify).take())
                    .orElseGet(() -> ColumnSnapshot.empty(column)));
    return new GroupSnapshot(coding.ref(group), shape, columns);
  }

  /** One look at one column. */
  private final class Look {
    private final GroupNode node;
    private final GroupShape shape;
    private final int column;
    private final Cid shard;
    private final Probes probes;
    private final boolean verify;

    Look(GroupNode node, GroupShape shape, int column, Cid shard, Probes probes, boolean verify) {
      this.node = node;
      this.shape = shape;
      this.column = column;
      this.shard = shard;
      this.probes = probes;
      this.verify = verify;
    }

    ColumnSnapshot take() {
      Optional<PeerId> holder =
          parts.state().get(shard).flatMap(pin -> pin.allocations().stream().findFirst());
      if (holder.isEmpty() || !probes.answers(holder.get())) {
        return found(holder, ColumnState.LOST, shape.allStripes());
      }
      try {
        return held(holder.get());
      } catch (RpcException e) {
        return found(holder, ColumnState.LOST, shape.allStripes());
      }
    }

    private ColumnSnapshot held(PeerId holder) {
      boolean pinned = status(holder) == TrackerStatus.PINNED;
      try {
        Set<Cid> missing = missing(holder);
        boolean whole = pinned && missing.isEmpty();
        return found(
            Optional.of(holder),
            whole ? ColumnState.HEALTHY : ColumnState.UNPINNED,
            damaged(missing));
      } catch (RpcException e) {
        if (e.kind() != RpcException.Kind.SERVER) {
          throw e;
        }
        // Not one of our peers: its word that all is pinned must do.
        return found(
            Optional.of(holder),
            pinned ? ColumnState.HEALTHY : ColumnState.UNPINNED,
            pinned ? new BitSet() : shape.allStripes());
      }
    }

    private TrackerStatus status(PeerId holder) {
      return parts.rpc().call(holder, RpcMethods.TRACKER_STATUS, shard, STATUS_TIMEOUT).status();
    }

    private Set<Cid> missing(PeerId holder) {
      ShardNode shardNode = ShardNode.of(node, column);
      List<Cid> wanted = new ArrayList<>(shardNode.links());
      shardNode.groupNode().ifPresent(wanted::add);
      wanted.add(shard);
      return verify
          ? parts.blocks().damaged(holder, wanted)
          : parts.blocks().missing(holder, wanted);
    }

    private BitSet damaged(Set<Cid> missing) {
      BitSet damaged = new BitSet();
      for (int stripe = 0; stripe < shape.stripes() && !missing.isEmpty(); stripe++) {
        List<CodedBlock> cell = node.stripes().get(stripe).cell(column);
        damaged.set(stripe, cell.stream().map(CodedBlock::rawCid).anyMatch(missing::contains));
      }
      return damaged;
    }

    private ColumnSnapshot found(Optional<PeerId> holder, ColumnState state, BitSet damaged) {
      return new ColumnSnapshot(
          column, Optional.of(shard), holder, node.columnBytes(column), state, damaged);
    }
  }
}
