package io.ecluster.erasure;

import io.ecluster.ipld.BlockNotFoundException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Reads what decoding needs of other cells of a stripe. Whom to ask, in which order and how many at
 * once is up to the one who implements it.
 */
@FunctionalInterface
public interface CellReader {
  /**
   * Reads the offered blocks of some columns.
   *
   * @param stripe number of the stripe in the group
   * @param offers for each column that can help, the consecutive blocks that are needed of it
   * @param need how many of the columns suffice; more are of no use
   * @return the bytes of all offered blocks, each checked against its hash, of the columns that
   *     could be read; fewer than {@code need} of them say that the others are lost
   */
  Map<Integer, List<byte[]>> read(
      int stripe, SortedMap<Integer, List<CodedBlock>> offers, int need);

  /** Reads blocks of one column. */
  @FunctionalInterface
  interface ColumnReader {
    /**
     * The bytes of all these blocks, in order.
     *
     * @return nothing if any of them cannot be had; a {@link BlockNotFoundException} says the same
     */
    Optional<List<byte[]>> read(int column, List<CodedBlock> blocks);
  }

  /** Asks column after column, data before parity, until enough were read. */
  static CellReader inOrder(ColumnReader columns) {
    return (stripe, offers, need) -> {
      Map<Integer, List<byte[]>> found = new HashMap<>();
      for (Map.Entry<Integer, List<CodedBlock>> offer : offers.entrySet()) {
        if (found.size() == need) {
          break;
        }
        tryRead(columns, offer).ifPresent(blocks -> found.put(offer.getKey(), blocks));
      }
      return found;
    };
  }

  private static Optional<List<byte[]>> tryRead(
      ColumnReader columns, Map.Entry<Integer, List<CodedBlock>> offer) {
    try {
      return columns.read(offer.getKey(), offer.getValue());
    } catch (BlockNotFoundException e) {
      return Optional.empty();
    }
  }
}
