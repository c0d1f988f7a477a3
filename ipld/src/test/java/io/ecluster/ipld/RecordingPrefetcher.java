package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.util.ArrayList;
import java.util.List;

/** Remembers what was announced, and how far ahead of what a store was asked for. */
final class RecordingPrefetcher implements Prefetcher {
  private final MemoryBlocks blocks;
  private final List<Cid> expected = new ArrayList<>();
  private int furthest;

  RecordingPrefetcher(MemoryBlocks blocks) {
    this.blocks = blocks;
  }

  @Override
  public void expect(List<Cid> next) {
    assertNoIdentity(next);
    expected.addAll(next);
    furthest = Math.max(furthest, expected.size() - blocks.asked().size());
  }

  private static void assertNoIdentity(List<Cid> next) {
    if (next.stream().anyMatch(cid -> cid.hash().isIdentity())) {
      throw new AssertionError("nobody can fetch an identity CID");
    }
  }

  List<Cid> expected() {
    return expected;
  }

  /** The most blocks that were known beyond those already asked for. */
  int furthest() {
    return furthest;
  }
}
