package io.ecluster.ipld;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Kubo's trickle tree, in which reading from the start needs few inner nodes. Every node first
 * links {@value BalancedLayout#MAX_LINKS} leaves, then {@value #REPEAT} subtrees of depth 1, as
 * many of depth 2 and so on, a subtree of depth n stopping below n; the root does not stop. In
 * memory is the path of open nodes.
 */
final class TrickleLayout implements Layout {
  /** Kubo's number of subtrees of each depth. */
  static final int REPEAT = 4;

  private final NodeWriter writer;
  private final Deque<Open> path = new ArrayDeque<>();

  TrickleLayout(NodeWriter writer) {
    this.writer = writer;
    path.push(new Open(Integer.MAX_VALUE));
  }

  @Override
  public void add(Block leaf, long fileSize) {
    while (path.element().hasAllLeaves()) {
      if (path.element().isFull()) {
        closeTop();
      } else {
        path.push(new Open(path.element().nextDepth()));
      }
    }
    writer.put(leaf);
    path.element().children.add(new Imported(leaf.cid(), fileSize, leaf.size()));
  }

  @Override
  public Imported finish() {
    while (path.size() > 1) {
      closeTop();
    }
    return writer.fileNode(path.pop().children);
  }

  private void closeTop() {
    Imported node = writer.fileNode(path.pop().children);
    path.element().children.add(node);
  }

  /** A node that may get more children. */
  private static final class Open {
    private final List<Imported> children = new ArrayList<>();
    private final int depth;

    Open(int depth) {
      this.depth = depth;
    }

    boolean hasAllLeaves() {
      return children.size() >= BalancedLayout.MAX_LINKS;
    }

    int nextDepth() {
      return (children.size() - BalancedLayout.MAX_LINKS) / REPEAT + 1;
    }

    boolean isFull() {
      return nextDepth() >= depth;
    }
  }
}
