package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;

/**
 * What decides the CID that bytes get.
 *
 * @param rawLeaves whether leaves are bare bytes; otherwise each is a dag-pb node around them
 * @param cidVersion of dag-pb nodes; raw leaves always have version 1
 */
public record ImportOptions(
    Chunking chunking, DagLayout layout, boolean rawLeaves, int cidVersion, HashFunction hash) {
  /** What {@code ipfs add} does without options. */
  public static final ImportOptions DEFAULT =
      new ImportOptions(Chunking.DEFAULT, DagLayout.BALANCED, false, 0, HashFunction.SHA2_256);

  public ImportOptions {
    if (cidVersion != 0 && cidVersion != 1) {
      throw new FormatException("unknown CID version " + cidVersion + "; there are 0 and 1");
    }
    if (cidVersion == 0 && hash != HashFunction.SHA2_256) {
      throw new FormatException(
          "CID version 0 has only sha2-256; " + hash.text() + " needs version 1");
    }
  }

  public ImportOptions withChunking(Chunking other) {
    return new ImportOptions(other, layout, rawLeaves, cidVersion, hash);
  }

  public ImportOptions withRawLeaves(boolean raw) {
    return new ImportOptions(chunking, layout, raw, cidVersion, hash);
  }

  /** The same with another CID version; it does not touch raw leaves, as Kubo's option does. */
  public ImportOptions withCidVersion(int version) {
    return new ImportOptions(chunking, layout, rawLeaves, version, hash);
  }
}
