package io.ecluster.erasure;

import io.ecluster.ipld.Cbor;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.List;

/**
 * What a group node says of one stripe: the ordered blocks of its d data and p parity cells. In
 * arithmetic every cell is as long as the longest, its end padded with zeros.
 */
public record CodedStripe(int dataShards, List<List<CodedBlock>> cells) {
  /**
   * Parity is stored in blocks of this size, so that one lost block costs no more than its range.
   */
  public static final int PARITY_BLOCK_BYTES = 256 * 1024;

  public CodedStripe {
    cells = cells.stream().map(List::copyOf).toList();
    for (List<CodedBlock> cell : cells.subList(0, dataShards)) {
      requireAllowed(cell);
    }
    int longest = longest(cells.subList(0, dataShards));
    for (List<CodedBlock> cell : cells.subList(dataShards, cells.size())) {
      requireParity(cell, longest);
    }
  }

  public List<CodedBlock> cell(int column) {
    return cells.get(column);
  }

  /** Bytes of the longest cell, and so of each parity cell. */
  public int longest() {
    return longest(cells.subList(0, dataShards));
  }

  public int cellBytes(int column) {
    return bytes(cells.get(column));
  }

  /** Where in its cell a block begins. */
  public int startOf(int column, int position) {
    return bytes(cells.get(column).subList(0, position));
  }

  /** Position of the first block of a cell that ends behind {@code from}. */
  int firstOverlapping(int column, int from) {
    List<CodedBlock> cell = cells.get(column);
    int position = 0;
    for (int end = 0; position < cell.size(); position++) {
      end += cell.get(position).size();
      if (end > from) {
        return position;
      }
    }
    return position;
  }

  /** The blocks of a cell that hold some of its bytes [from, to), in order. */
  public List<CodedBlock> overlapping(int column, int from, int to) {
    List<CodedBlock> cell = cells.get(column);
    int first = firstOverlapping(column, from);
    int start = startOf(column, first);
    int last = first;
    while (last < cell.size() && start < to) {
      start += cell.get(last).size();
      last++;
    }
    return cell.subList(first, last);
  }

  private static int longest(List<List<CodedBlock>> dataCells) {
    return dataCells.stream().mapToInt(CodedStripe::bytes).max().orElse(0);
  }

  private static int bytes(List<CodedBlock> blocks) {
    return Math.toIntExact(blocks.stream().mapToLong(CodedBlock::size).sum());
  }

  private static void requireAllowed(List<CodedBlock> cell) {
    long bytes = cell.stream().mapToLong(CodedBlock::size).sum();
    if (bytes > CodeParameters.MAX_CELL_BYTES) {
      throw new FormatException(
          "cell of %d bytes; at most %d".formatted(bytes, CodeParameters.MAX_CELL_BYTES));
    }
  }

  private static void requireParity(List<CodedBlock> cell, int longest) {
    int rest = longest;
    for (CodedBlock block : cell) {
      boolean cutRight = block.size() > 0 && block.size() == Math.min(rest, PARITY_BLOCK_BYTES);
      if (!cutRight || block.codec() != Multicodec.RAW) {
        throw new FormatException(
            "parity block of " + block.size() + " bytes, codec " + block.codec());
      }
      rest -= block.size();
    }
    if (rest != 0) {
      throw new FormatException("parity cell lacks " + rest + " bytes");
    }
  }

  Cbor toCbor() {
    return Cbor.of(
        cells.stream()
            .map(cell -> Cbor.of(cell.stream().map(CodedBlock::toCbor).toList()))
            .toList());
  }

  static CodedStripe fromCbor(Cbor value, int dataShards, int totalShards) {
    List<List<CodedBlock>> cells = new ArrayList<>(totalShards);
    for (Cbor cell : Fields.list(value, totalShards)) {
      cells.add(Fields.list(cell).stream().map(CodedBlock::fromCbor).toList());
    }
    return new CodedStripe(dataShards, cells);
  }
}
