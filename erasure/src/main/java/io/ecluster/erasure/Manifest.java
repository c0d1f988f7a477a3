package io.ecluster.erasure;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.List;

/**
 * A whole manifest: what its root says, pages included. {@link ManifestWriter} makes blocks of it,
 * {@link ManifestReader} reads them back.
 *
 * @param coding the coding's id
 * @param root the CID that the user knows
 * @param size bytes of the file, or of all files of a folder
 * @param parameters how the DAG was cut
 * @param groups the groups in order; none when no block had to be placed
 */
public record Manifest(
    CodingId coding, Cid root, long size, CodeParameters parameters, List<GroupEntry> groups) {
  /** Some tens of terabytes as they are cut by default; keeps a manifest from filling memory. */
  public static final int MAX_GROUPS = 100_000;

  public Manifest {
    groups = List.copyOf(groups);
    if (size < 0 || groups.size() > MAX_GROUPS) {
      throw new FormatException(
          "manifest of %d groups for %d bytes".formatted(groups.size(), size));
    }
    long before = 0;
    for (GroupEntry group : groups) {
      group.requireFor(parameters);
      if (group.offset() < before) {
        throw new FormatException("groups of a manifest are out of order");
      }
      before = group.offset();
    }
  }

  /** Number of the last group that begins at or before an offset of the file. */
  public int groupAt(long offset) {
    int low = 0;
    int high = groups.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (groups.get(middle).offset() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
