package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.util.List;
import java.util.Optional;

/**
 * Where a path ends.
 *
 * @param cid the block
 * @param roots the CID that the path begins with, and the one reached with each of its names
 * @param inside the value within the block; empty if the path ends at the block itself
 */
public record PathTarget(Cid cid, List<Cid> roots, Optional<Cbor> inside) {
  public PathTarget {
    roots = List.copyOf(roots);
  }
}
