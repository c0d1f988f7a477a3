package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The node that tells all there is to know to decode a group. Everything in it is bytes, no links,
 * so that a recursive pin of it pulls nothing.
 *
 * @param coding the coding it belongs to
 * @param index its number in the coding, from 0
 * @param offset bytes of the file before its first block
 * @param extensions fields that a later writer added; kept, so that the CID is
 */
public record GroupNode(
    CodingId coding,
    int index,
    long offset,
    int dataShards,
    int parityShards,
    List<CodedStripe> stripes,
    Map<String, Cbor> extensions) {
  /** A group closes before its node is larger: half of what every block store takes. */
  static final int MAX_WRITTEN_BYTES = 512 * 1024;

  private static final String KIND = "group";
  private static final String INDEX = "index";
  private static final String OFFSET = "offset";
  private static final String STRIPES = "stripes";
  private static final Set<String> KNOWN = Set.of(INDEX, OFFSET, Fields.CODE, STRIPES);

  public GroupNode {
    ManifestRules.requireCode(dataShards, parityShards);
    stripes = List.copyOf(stripes);
    extensions = Map.copyOf(extensions);
    if (index < 0 || offset < 0 || stripes.isEmpty()) {
      throw new FormatException(
          "group %d at offset %d with %d stripes".formatted(index, offset, stripes.size()));
    }
    stripes.forEach(new StripeRules(dataShards, parityShards)::check);
  }

  public int totalShards() {
    return dataShards + parityShards;
  }

  /** Whether a column is without blocks: all zeros, always healthy, and nowhere stored. */
  public boolean isEmpty(int column) {
    return column < dataShards
        && stripes.stream().allMatch(stripe -> stripe.cell(column).isEmpty());
  }

  /** The last data column that has blocks. */
  public int lastDataColumn() {
    int column = dataShards - 1;
    while (isEmpty(column)) {
      column--;
    }
    return column;
  }

  /** Bytes of all blocks of a column. */
  public long columnBytes(int column) {
    return stripes.stream().mapToLong(stripe -> stripe.cellBytes(column)).sum();
  }

  /** The node as a block, under its CID. */
  public Block toBlock() {
    Map<String, Cbor> fields = Fields.node(KIND, coding, extensions);
    fields.put(INDEX, Cbor.of(index));
    fields.put(OFFSET, Cbor.of(offset));
    fields.put(Fields.CODE, Fields.code(dataShards, parityShards));
    fields.put(STRIPES, Cbor.of(stripes.stream().map(CodedStripe::toCbor).toList()));
    return Fields.block(fields);
  }

  /**
   * Parses a group node.
   *
   * @throws FormatException if it is not one, or one that no honest writer makes
   */
  public static GroupNode fromBytes(byte[] bytes) {
    Cbor.Dict fields = Fields.parse(bytes, KIND);
    int dataShards = Fields.dataShards(fields);
    int parityShards = Fields.parityShards(fields);
    ManifestRules.requireCode(dataShards, parityShards);
    return new GroupNode(
        Fields.coding(fields),
        Fields.size(fields, INDEX),
        fields.integer(OFFSET),
        dataShards,
        parityShards,
        fields.list(STRIPES).stream()
            .map(stripe -> CodedStripe.fromCbor(stripe, dataShards, dataShards + parityShards))
            .toList(),
        Fields.extensions(fields, KNOWN));
  }

  /** What must hold over all stripes of a group. */
  private static final class StripeRules {
    private final int dataShards;
    private final int totalShards;
    private final Set<Multihash> seen = new HashSet<>();

    StripeRules(int dataShards, int parityShards) {
      this.dataShards = dataShards;
      this.totalShards = dataShards + parityShards;
    }

    void check(CodedStripe stripe) {
      if (stripe.dataShards() != dataShards || stripe.cells().size() != totalShards) {
        throw new FormatException("a stripe of %d cells".formatted(stripe.cells().size()));
      }
      int before = seen.size();
      stripe.cells().subList(0, dataShards).forEach(cell -> cell.forEach(this::place));
      if (seen.size() == before) {
        throw new FormatException("a stripe without blocks");
      }
    }

    private void place(CodedBlock block) {
      if (!seen.add(block.hash())) {
        throw new FormatException("block " + block.hash() + " is placed twice in a group");
      }
    }
  }
}
