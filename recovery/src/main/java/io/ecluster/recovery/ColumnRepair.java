package io.ecluster.recovery;

import io.ecluster.multiformats.PeerId;
import java.util.BitSet;

/**
 * What becomes of one column.
 *
 * @param was how it was found
 * @param target who will hold it; its holder if it is mended in place
 * @param stripes those of which its cell must be brought there
 */
record ColumnRepair(int column, ColumnState was, PeerId target, boolean inPlace, BitSet stripes) {
  ColumnRepair {
    stripes = (BitSet) stripes.clone();
  }

  /** Whether its holder still has it whole, so that it is copied, not rebuilt. */
  boolean copied() {
    return was == ColumnState.SHARED;
  }
}
