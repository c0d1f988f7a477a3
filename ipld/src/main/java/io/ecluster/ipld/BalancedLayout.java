package io.ecluster.ipld;

import java.util.ArrayList;
import java.util.List;

/**
 * Kubo's balanced tree. Level 0 collects leaves, level n+1 the full nodes of level n; a level is
 * closed into a node as soon as it is full and another leaf comes. At most {@value #MAX_LINKS}
 * links a level are in memory.
 */
final class BalancedLayout implements Layout {
  /** Kubo's number: with it a node of 34-byte hashes takes about 8 KiB. */
  static final int MAX_LINKS = 174;

  private final NodeWriter writer;
  private final List<List<Imported>> levels = new ArrayList<>();

  BalancedLayout(NodeWriter writer) {
    this.writer = writer;
    levels.add(new ArrayList<>());
  }

  @Override
  public void add(Block leaf, long fileSize) {
    makeRoom();
    writer.put(leaf);
    levels.getFirst().add(new Imported(leaf.cid(), fileSize, leaf.size()));
  }

  private void makeRoom() {
    for (int i = 0; levels.get(i).size() == MAX_LINKS; i++) {
      if (i + 1 == levels.size()) {
        levels.add(new ArrayList<>());
      }
      levels.get(i + 1).add(close(levels.get(i)));
    }
  }

  @Override
  public Imported finish() {
    for (int i = 0; i + 1 < levels.size(); i++) {
      levels.get(i + 1).add(close(levels.get(i)));
    }
    List<Imported> top = levels.getLast();
    return top.size() == 1 ? top.getFirst() : close(top);
  }

  private Imported close(List<Imported> children) {
    Imported node = writer.fileNode(children);
    children.clear();
    return node;
  }
}
