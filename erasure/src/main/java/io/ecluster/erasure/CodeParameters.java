package io.ecluster.erasure;

/**
 * How a coding is cut.
 *
 * @param dataShards d, at least 1
 * @param parityShards p, at least 1; d+p at most 255
 * @param cellSize most bytes of a cell that holds more than one block
 * @param shardSize most bytes of a shard's blocks in one group
 */
public record CodeParameters(int dataShards, int parityShards, int cellSize, long shardSize) {
  /** Long enough for full coding speed, short enough that a stripe is a few megabytes. */
  public static final int DEFAULT_CELL_BYTES = 1024 * 1024;

  /** Keeps the memory of a stripe bounded, whatever a manifest says. */
  public static final int MAX_CELL_BYTES = 16 * 1024 * 1024;

  public CodeParameters {
    ErasureCodes.requireValid(dataShards, parityShards);
    if (cellSize < 1 || cellSize > MAX_CELL_BYTES) {
      throw new InvalidParametersException(
          "cell size of %d bytes; 1 to %d can be used".formatted(cellSize, MAX_CELL_BYTES));
    }
    if (shardSize < 1) {
      throw new InvalidParametersException(
          "shard size of " + shardSize + " bytes; at least 1 is needed");
    }
  }

  public int totalShards() {
    return dataShards + parityShards;
  }

  /** Most bytes of a cell that holds more than one block. */
  public int cellLimit() {
    return (int) Math.min(cellSize, shardSize);
  }
}
