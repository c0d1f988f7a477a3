package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Visits every CID of a DAG once, depth first, a node before its children and these in link order.
 * Identity CIDs are visited like others and followed without asking the source. Memory grows with
 * the number of distinct CIDs.
 */
public final class DagWalker {
  /** How many of the blocks that come next are made known to the prefetcher. */
  static final int READ_AHEAD_BLOCKS = 32;

  private final BlockSource source;
  private final Prefetcher prefetcher;

  public DagWalker(BlockSource source) {
    this(source, Prefetcher.NONE);
  }

  public DagWalker(BlockSource source, Prefetcher prefetcher) {
    this.source = source;
    this.prefetcher = prefetcher;
  }

  /**
   * Visits every CID; those of the raw codec, having no links, without reading their blocks.
   *
   * @throws BlockNotFoundException if a node cannot be had
   * @throws io.ecluster.multiformats.FormatException if one is malformed or of an unknown codec
   */
  public void forEachCid(Cid root, Consumer<Cid> visitor) {
    walk(
        root,
        cid -> !BlockLinks.isLeaf(cid),
        cid -> {
          visitor.accept(cid);
          return BlockLinks.isLeaf(cid) ? List.of() : BlockLinks.of(cid, source.read(cid));
        });
  }

  /** Reads every block. Errors are those of {@link #forEachCid}. */
  public void forEachBlock(Cid root, BlockSink visitor) {
    walk(
        root,
        _ -> true,
        cid -> {
          byte[] data = source.read(cid);
          visitor.put(new Block(cid, data));
          return BlockLinks.of(cid, data);
        });
  }

  /** Visits one CID and says what it links to. */
  private interface Step {
    List<Cid> visit(Cid cid);
  }

  /** Which CIDs are read when their turn comes. */
  private interface Wanted {
    boolean test(Cid cid);
  }

  private void walk(Cid root, Wanted wanted, Step step) {
    Set<Cid> visited = new HashSet<>();
    Deque<Pending> stack = new ArrayDeque<>(List.of(new Pending(root)));
    while (!stack.isEmpty()) {
      Cid cid = stack.pop().cid;
      if (visited.add(cid)) {
        step.visit(cid).reversed().forEach(child -> stack.push(new Pending(child)));
        announce(stack, visited, wanted);
      }
    }
  }

  private void announce(Deque<Pending> stack, Set<Cid> visited, Wanted wanted) {
    List<Cid> next = new ArrayList<>();
    Iterator<Pending> upcoming = stack.iterator();
    for (int i = 0; i < READ_AHEAD_BLOCKS && upcoming.hasNext(); i++) {
      Pending pending = upcoming.next();
      Cid cid = pending.cid;
      if (!pending.announced && wanted.test(cid) && !cid.hash().isIdentity()) {
        pending.announced = true;
        if (!visited.contains(cid)) {
          next.add(cid);
        }
      }
    }
    if (!next.isEmpty()) {
      prefetcher.expect(next);
    }
  }

  /** A CID to be visited, and whether the prefetcher knows. */
  private static final class Pending {
    private final Cid cid;
    private boolean announced;

    Pending(Cid cid) {
      this.cid = cid;
    }
  }
}
