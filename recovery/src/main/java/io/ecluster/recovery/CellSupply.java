package io.ecluster.recovery;

import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.ColumnRebuilder;
import io.ecluster.erasure.GroupNode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The cells that a repair brings to new holders: copied from the old one, or rebuilt. */
final class CellSupply {
  private final GroupNode node;
  private final GroupPlan.Repair plan;
  private final HolderLinks links;
  private final RacingReader reader;

  CellSupply(GroupNode node, GroupPlan.Repair plan, HolderLinks links) {
    this.node = node;
    this.plan = plan;
    this.links = links;
    this.reader =
        new RacingReader(
            column -> holder(column).map(links::isGone).orElse(true),
            column -> holder(column).map(links::isLost).orElse(true),
            this::readBlock);
  }

  /**
   * The cells of a stripe that are wanted somewhere, by column.
   *
   * @param wanted repairs whose holders still take blocks
   * @throws io.ecluster.erasure.ErasureException if a stripe cannot be rebuilt
   */
  Map<Integer, List<Block>> stripe(int stripe, List<ColumnRepair> wanted) {
    Map<Integer, List<Block>> cells = new HashMap<>();
    Set<Integer> rebuilt = new HashSet<>();
    for (ColumnRepair repair : wanted) {
      if (repair.stripes().get(stripe)) {
        Optional<List<Block>> copy = repair.copied() ? copy(stripe, repair) : Optional.empty();
        copy.ifPresentOrElse(
            cell -> cells.put(repair.column(), cell), () -> rebuilt.add(repair.column()));
      }
    }
    cells.putAll(new ColumnRebuilder(node, rebuilt, reader).rebuild(stripe));
    return cells;
  }

  private Optional<List<Block>> copy(int stripe, ColumnRepair repair) {
    List<Block> cell = new ArrayList<>();
    for (CodedBlock block : node.stripes().get(stripe).cell(repair.column())) {
      Optional<byte[]> bytes = readBlock(repair.column(), block);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      cell.add(new Block(block.rawCid(), bytes.get()));
    }
    return Optional.of(cell);
  }

  private Optional<byte[]> readBlock(int column, CodedBlock block) {
    try {
      Optional<PeerId> holder = holder(column);
      return holder.isEmpty() ? Optional.empty() : links.read(holder.get(), block.rawCid());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
  }

  private Optional<PeerId> holder(int column) {
    ColumnSnapshot found = plan.group().columns().get(column);
    return found.state() == ColumnState.LOST ? Optional.empty() : found.holder();
  }
}
