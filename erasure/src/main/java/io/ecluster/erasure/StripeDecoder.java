package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/** Rebuilds single blocks of a group, reading no more of other cells than the blocks' range. */
public final class StripeDecoder {
  private final GroupNode group;
  private final CellReader reader;

  public StripeDecoder(GroupNode group, CellReader reader) {
    this.group = group;
    this.reader = reader;
  }

  /**
   * The bytes of a data or parity block, rebuilt from any d other cells of its stripe and checked
   * against its hash.
   *
   * @throws NotEnoughShardsException if fewer than d cells can be read
   * @throws InconsistentGroupException if what comes out is not the block
   */
  public byte[] rebuild(BlockPlace place) {
    CodedStripe stripe = group.stripes().get(place.stripe());
    CodedBlock block = stripe.cell(place.column()).get(place.position());
    byte[] bytes = block.size() == 0 ? new byte[0] : solve(stripe, place, block.size());
    if (!block.matches(bytes)) {
      throw new InconsistentGroupException(group.index(), place.stripe(), place.column(), block);
    }
    return bytes;
  }

  private byte[] solve(CodedStripe stripe, BlockPlace place, int size) {
    int from = stripe.startOf(place.column(), place.position());
    BitSet lost = new BitSet();
    lost.set(place.column());
    try (Arena arena = Arena.ofConfined()) {
      return new StripeSolver(group, place.stripe(), lost, from, from + size)
          .solve(reader, lost, arena).values().stream()
              .findFirst()
              .orElse(MemorySegment.NULL)
              .toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
