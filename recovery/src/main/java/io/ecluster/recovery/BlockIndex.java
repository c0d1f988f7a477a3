package io.ecluster.recovery;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.util.List;

/** Knows of blocks, by their hashes, in which codings they are. */
interface BlockIndex {
  /** Knows nothing: a block is then found only by who knows the root of its coding. */
  BlockIndex NONE =
      new BlockIndex() {
        @Override
        public List<Place> find(Multihash hash) {
          return List.of();
        }

        @Override
        public boolean complete(Cid manifest) {
          return false;
        }
      };

  /**
   * A place where a block is likely to be.
   *
   * @param root the coded pin
   * @param manifest its manifest's root
   */
  record Place(Cid root, Cid manifest, int group, int column) {}

  /** Places of a block in codings that are pinned; a few at most. */
  List<Place> find(Multihash hash);

  /** Whether all blocks of a coding are known. */
  boolean complete(Cid manifest);
}
